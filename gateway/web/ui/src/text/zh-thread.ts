import type { CallState } from '../api/codes'

/** Text calls, in Chinese. `templates`: questions by nature; the first ones are for every nature. */
export const thread = {
  title: '文字报警', queue: '文字报警待认领', next: '接下一条文字报警', noNext: '没有待认领的文字报警。', taken: (n: number) => `处理中 ${n}`, beyond: (n: number) => `另有 ${n} 条`,
  claim: '认领', claimed: '已认领。', takeOver: '接管', write: '写回复', template: '换一句常用问话', release: '退回队列', released: '已退回，重新等待认领。',
  pass: '转给他人', passTitle: '转给哪个席位', passed: '已转出。', nobody: '没有其他在岗席位。', again: '重发未送达的回复', sentAgain: '已重新发送。',
  waits: '等待认领', claimedBy: (who: string, where: string) => `${who}（${where} 席）处理中`, left: (time: string) => `还剩 ${time}`, late: (time: string) => `超时 ${time}`,
  unanswered: (time: string) => `${time} 未回复`, box: '回复来信人（Enter 发送，Shift+Enter 换行）', send: '发送', chars: (n: number, of: number) => `${n}/${of}`,
  noNumber: '来信人没有号码，其应用也不接收回复，不能回复。', byChannel: '回复在应用内送达', noSender: '未配置短信通道（[texts.sender]），回复不能发出。', claimFirst: '先按 Alt+N 认领，再回复。', over: '文字报警已办结；对方再次来信即为新的报警。',
  empty: '还没有消息。', parts: (there: number, of: number) => `长短信已到 ${there}/${of} 段，等待其余…`, missing: (n: string) => `缺第 ${n} 段`,
  file: '附件', kept: (size: string) => `${size}（由平台保存，此处仅记录摘要）`, because: '：', later: (time: string) => `发出于 ${time}`,
  mark: '文字', call: { QUEUED: '待认领', ANSWERED: '处理中' } as Partial<Record<CallState, string>>,
  state: { received: '收到', incomplete: '不完整', queued: '发送中', sent: '已发出', delivered: '已送达', read: '已读', failed: '未送达', unknown: '是否发出不明' } as Record<string, string>,
  reason: { not_confirmed: '应用未确认收到', not_published: '未能交给应用，应用仍可取走', stopped: '发送时系统中断', failed: '对方未说明原因', expired: '对方长时间未收取' } as Record<string, string>,
  templates: {
    any: ['我是110，请问您在哪里？请写明路名、门牌或附近标志。', '您现在安全吗？方便接听电话吗？', '有人受伤吗？对方有没有凶器？', '请保持手机静音，我们一直在看您的消息。'],
    traffic_accident: ['有人受伤或被困吗？车牌号是多少？', '车辆能移动吗？占了几条车道？'],
    fire: ['火在几楼？有人被困吗？请先撤离。'],
    domestic_violence: ['对方现在在您身边吗？家里有孩子吗？', '能躲到可以反锁的房间吗？'],
    kidnapping: ['您能看到什么？车辆颜色、车牌、窗外标志？', '对方有几个人？'],
    robbery: ['对方几个人，往哪里走了？穿什么衣服？'],
    theft: ['小偷还在现场吗？丢了什么？'],
    fraud: ['钱转到哪个账号了？什么时候转的？请不要再转账。'],
    suicide_risk: ['我在，您愿意告诉我发生了什么吗？您身边有人吗？'],
    fight: ['有多少人？有人拿东西吗？'],
    missing_person: ['走失的人多大？穿什么衣服？最后在哪里看到的？'],
  } as Record<string, string[]>,
}
