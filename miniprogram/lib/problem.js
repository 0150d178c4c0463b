// What goes wrong with a call, in one shape: what kind it is, and the sentence that the person reads.

const SENTENCES = {
  net: '现在连不上网络，您的内容没有丢。请看看手机信号，再点“重试”。',
  fault: '服务器那边出了点问题，不是您点错了。请过一会儿再点“重试”。',
  login: '微信登录没有成功。请过一会儿再点“重试”；还不行，请把小程序关掉重新打开。',
  left: '您在这部手机上退出了登录。',
}

/**
 * kind: net (nothing came back), fault (the server's own trouble), login (WeChat gave no code, or the session is not
 * believed), left (he logged out on this phone), register (not registered yet), refused (understood, and no). `code` and
 * `facts` are the server's.
 */
class Problem extends Error {
  /**
   * @param {'net' | 'fault' | 'login' | 'left' | 'register' | 'refused'} kind
   * @param {{ code?: string, message?: string, facts?: Record<string, any> }} [said] what the server answered
   * @param {number} [status]
   */
  constructor(kind, said = {}, status = 0) {
    super(said.message || SENTENCES[/** @type {'net'} */ (kind)] || SENTENCES.fault)
    this.kind = kind
    this.status = status
    this.code = /** @type {ProblemCode | ''} */ (said.code || '')
    this.facts = said.facts || {}
  }

  /** Whether the same call may well succeed later: then there is a button 重试, or 重新登录. */
  get passing() {
    return this.kind === 'net' || this.kind === 'fault' || this.kind === 'login' || this.kind === 'left'
  }

  /** Whether our server did not answer: no network, a server in trouble, or the page of a guest Wi-Fi in its place. */
  get silent() {
    return this.kind === 'net' || this.kind === 'fault'
  }
}

/**
 * Anything thrown, as a Problem.
 * @param {any} error
 * @returns {Problem}
 */
const asProblem = (error) => {
  if (error instanceof Problem) return error
  console.error(error)
  return new Problem('fault')
}

module.exports = { Problem, asProblem }
