import type { FloodKind } from '../api/together'

/** The hall's wall, in Chinese. */
export const wall = {
  title: '大屏', centre: '110 接警大屏', key: '大屏', now: '当前', links: '链路', since: (when: string) => `自 ${when}`, good: (ago: string) => `上次成功 ${ago}`, beyond: (n: number) => `另有 ${n} 项`, none: '无', seconds: (n: number) => `${n} 秒`,
  stale: (when: string, span: string) => `画面停在 ${when}，已停 ${span}`, staleWhy: '与网关的连接中断，以下不是现在的情况。电话照常进行；正在自动重连。', stopped: '已停',
  loading: '正在读取…', off: '网关没有应答。电话不受影响；正在自动重试。', nothing: '还没有来电。有人拨打 110 时，这里立即显示。来源：话务交换机 (AMI)。',
  waiting: '等待接听', longest: '最长等待', texts: '文字报警待认领', textsTaken: (n: number) => `处理中 ${n}`, textsLeft: (n: number) => `未回复 ${n}`, seats: '空闲席位', ofSeats: (n: number) => `/ ${n}`, busy: (busy: number, wrap: number, paused: number) => `通话 ${busy} · 整理 ${wrap} · 小休 ${paused}`, unreachable: (n: number) => ` · 离线 ${n}`, noSeats: '没有席位登录到交换机', talking: (n: number, held: number) => `通话 ${n} · 保持或转接 ${held}`,
  answered: '今日接通', within: (s: number) => `${s} 秒内`, answeredOf: (n: number) => `共接听 ${n} 通`, noAnswers: '今天还没有接听',
  abandoned: '今日未接即挂', callBacks: (n: number) => `待回拨 ${n}`, noCallBacks: '没有待回拨', overdue: (n: number) => `超时 ${n}`, oldest: (span: string) => `最久 ${span}`,
  today: '今日来电', before: (n: number) => `昨日同时 ${n}`, fromMidnight: (when: string) => `今日 0 时起 · ${when} 读取`, faulty: (when: string) => `▲ 自 ${when} 读不出来，停在当时`, notRead: '尚未读取',
  natures: '警情类别', day: '今日', yesterday: '昨日同时', change: '增减', others: (n: number) => `其余 ${n} 类`, noNatures: '今天和昨天还没有判明类别的来电。',
  classes: '研判', class: { valid_alarm: '有效警情', non_police: '非警务', unsure: '存疑', none: '未研判' }, decided: (n: number) => `人工认定 ${n}`,
  handed: '今日移交', cameBack: (n: number) => `退回 ${n}`, orders: (open: number) => `未结工单 ${open}`, ordersLate: (n: number) => `超时 ${n}`, ordersBack: (n: number) => `部门退回 ${n}`,
  signed: '指令签收（今日）', unsigned: '未签收', later: '更久', upTo: (s: number) => `≤${s} 秒`, over: (s: number) => `>${s} 秒`, noInstructions: '今天还没有指令', allSigned: '全部已签收',
  districts: '各区进行中', unknownPlace: '地点未明', noDistricts: '现在没有进行中的来电。',
  speech: '语音识别', speechOff: '本机未启用', hears: '听写正常', unheard: (n: number) => `${n} 路没有文字`, behind: (n: number) => `${n} 路迟到`, aside: (n: number) => `${n} 路先录后转`, lost: '监听机失联：', demo: (languages: string) => `演示模型（${languages}）：只懂合成语音，听不懂真人`,
  archive: '录音归档', archiveFine: '都已归档', archiveWaits: (n: number) => `${n} 段待归档`, running: (n: number) => `正在录 ${n} 段`, unrecorded: (n: number) => `今日缺失 ${n} 段`,
  chart: {
    title: '每分钟来电（近 60 分钟）', last: '通 / 上一分钟', above: '高于常值', below: '低于常值', unknown: (days: number) => `往日只有 ${days} 天，不足 3 天，不画常值带`,
    usual: (low: number, high: number, from: number, to: number, days: number) => `常值 ${low}–${high}（前 ${days} 天同一时段第 ${from}–${to} 百分位）`,
  },
  alert: {
    major: (title: string) => `重大警情预案：${title}`, plan: (title: string) => `预案：${title}`, silent: (n: number) => `无声报警 ${n}`, unseen: (n: number) => `${n} 起还没人看到`, surge: (n: number) => `大量来电：同一事件 ${n} 通`, flood: '疑似恶意占线', figures: (calls: number, numbers: number) => `${calls} 通 · ${numbers} 个号码`, unsaved: '新内容尚未存盘，网关在重试',
  },
  flood: { one_ring: '响一声就挂', same_number: '同一号码', prefix: '同一号段', source: '同一来源', trunk: '同一中继' } satisfies Record<FloodKind, string>,
}
