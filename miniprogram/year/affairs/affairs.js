// 办事: the ways to what is done now and then, and whether a question waits for an answer.

const api = require('../../lib/request')
const opening = require('../../lib/opening')
const view = require('../../lib/view')

/** Words, page. */
const WAYS = [
  { words: '我要点单', about: '家里、村里有事要帮忙', page: '/year/needs/needs' },
  { words: '我的特长和意愿', about: '会什么、愿意做什么', page: '/year/skills/skills' },
  { words: '我的资格证', about: '驾驶证、救护员证等', page: '/year/qualifications/qualifications' },
  { words: '全国志愿服务注册', about: '在全国系统里的编号', page: '/joining/national/national' },
  { words: '转到别的队', about: '搬了家，或想换一个队', page: '/year/transfer/transfer' },
  { words: '对我的评价', about: '组织者写的', page: '/year/said/said' },
  { words: '调度', about: '叫您去的应急任务', page: '/year/dispatch/dispatch' },
]

Page(view({
  cache: 'affairs',
  data: { ways: WAYS, asked: '' },

  async load() {
    const { question } = await api.get('/me/presence')
    return { asked: question ? question.title : '' }
  },

  /** @param {any} event */
  onGo(event) {
    opening.go(event.currentTarget.dataset.page)
  },
}))
