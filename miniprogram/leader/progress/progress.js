// 年度考核：谁还没做: how far a team of mine is, and the names of who has not done his; never a score.

const api = require('../../lib/request')
const { lastDay } = require('../../lib/text')
const view = require('../../lib/view')

/** @param {Answer<'GET /teams/{code}/assessment'>} said */
const shown = ({ progress: one }) => one && {
  name: one.team, year: one.year, phase: one.phase ? one.phase.name : '', closes: one.phase ? lastDay(`${one.phase.closes_on}T23:59:00+08:00`) : '',
  all: one.all, selfDone: one.self_done, peersAll: one.peers_all, peersDone: one.peers_done,
  selfMissing: one.self_missing.join('、'), peersMissing: one.peers_missing.join('、'),
  done: one.self_done === one.all && one.peers_done === one.peers_all,
}

Page(view({
  cache: 'leader-progress',
  data: { teams: [], team: '', one: null },

  async load() {
    const { teams } = await api.get('/me/leading')
    const team = this.data.team || (teams[0] || { code: '' }).code
    const said = team ? await api.get('/teams/{code}/assessment', { code: team }) : null
    return { teams: teams.map((/** @type {any} */ each) => ({ code: each.code, name: each.name })), team, one: said && shown(said) }
  },

  /** @param {any} event */
  async onTeam(event) {
    this.setData({ team: event.currentTarget.dataset.code })
    await this.refresh()
  },
}))
