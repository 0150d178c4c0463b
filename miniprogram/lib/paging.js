// A long list, page by page: what `load` gave is the first, the next comes when the thumb reaches the end.

const SIZE = 20

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

/**
 * onReachBottom of a page with `list`, `more` (the id to go on after, 0 for the end), `fetching` and `tail`.
 * @param {{ data: any, setData(changes: any): void }} page
 * @param {(after: number) => Promise<{ list: any[], more: number }>} fetch the page after this id
 */
const further = async (page, fetch) => {
  const { more, fetching } = page.data
  if (!more || fetching) return
  page.setData({ fetching: true, tail: '' })
  try {
    const next = await fetch(more)
    append(page, 'list', next.list)
    page.setData({ more: next.more })
  } catch (error) {
    page.setData({ tail: '后面的没有取到，点这里再试' })
  }
  page.setData({ fetching: false })
}

module.exports = { append, further, SIZE }
