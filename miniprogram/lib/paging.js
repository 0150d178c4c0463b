// A long list, page by page: what `load` gave is the first, the next comes when the thumb reaches the end.

/**
 * Append to `list` in the page's data without sending the whole list to the screen again.
 * @param {{ data: any, setData(changes: any): void }} page
 * @param {string} list the field
 * @param {any[]} more
 */
const append = (page, list, more) => {
  const from = page.data[list].length
  /** @type {Record<string, any>} */
  const changes = {}
  more.forEach((each, index) => { changes[`${list}[${from + index}]`] = each })
  page.setData(changes)
}

module.exports = { append, SIZE: 20 }
