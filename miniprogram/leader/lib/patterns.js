// Ready patterns for a team's first activities: daily life of a team, published without asking its centre (S80).

const HEALTHY = '身体健康，量力而行。'

const PATTERNS = [
  {
    title: '清洁家园', domain: 'D1', sub_domain: 'environment', position: '清洁员', from: '08:30', to: '10:30', quota: 15,
    content: '清扫村里的路面、沟边，捡拾垃圾。', conditions: HEALTHY,
    risk_notice: '路边注意来往车辆；夏天防中暑，冬天防滑。', safeguards: '统一提供手套、扫把、垃圾袋和饮用水。',
  },
  {
    title: '看望老兵', domain: 'D4', sub_domain: 'comrades', position: '志愿者', from: '09:00', to: '11:00', quota: 6,
    content: '到老兵家里看望，陪聊天，帮做家务。', conditions: HEALTHY,
    risk_notice: '往返注意交通安全；不收礼物，不打听隐私。', safeguards: '队长带队，两人一组。',
  },
  {
    title: '帮助老人', domain: 'D3', sub_domain: 'care', position: '志愿者', from: '09:00', to: '11:00', quota: 8,
    content: '给独居老人打扫屋子、理发、检查水电。', conditions: HEALTHY,
    risk_notice: '登高、用电的活请会的人做；往返注意交通安全。', safeguards: '队长带队，统一提供工具。',
  },
  {
    title: '治安巡逻', domain: 'D3', sub_domain: 'patrol', position: '巡逻员', from: '19:00', to: '21:00', quota: 8,
    content: '在村里、社区巡逻，提醒关门窗、防火、防骗。', conditions: HEALTHY,
    risk_notice: '天黑注意脚下和车辆；遇到危险不上前，马上打 110。', safeguards: '统一穿反光背心，带手电，两人一组。',
  },
  {
    title: '路口劝导', domain: 'D3', sub_domain: 'traffic', position: '劝导员', from: '07:00', to: '08:30', quota: 6,
    content: '早高峰在路口劝导行人、电动车守规矩。', conditions: HEALTHY,
    risk_notice: '站在人行道上，不进车道；注意转弯的车辆。', safeguards: '统一穿反光背心，提供哨子和小旗。',
  },
  {
    title: '文明宣传', domain: 'D2', sub_domain: 'civility', position: '宣传员', from: '09:00', to: '11:00', quota: 10,
    content: '入户发放资料，宣传移风易俗、防诈骗。', conditions: HEALTHY,
    risk_notice: '往返注意交通安全；防狗咬，雨天防滑。', safeguards: '统一提供资料和饮用水，两人一组。',
  },
]

module.exports = { PATTERNS }
