import type { About, Watched } from '../api/quality'

/** The quality watch in Chinese. */
export const quality = {
  title: '研判质量', tabs: { figures: '准不准', rules: '逐条规则', disagreements: '说法不一' },
  lead: (days: number, decided: number, right: string) => `近 ${days} 天，人对 ${decided} 通来电定了性；机器给出结论的，${right} 与人一致。`,
  packs: {
    which: '哪一版规则判的', all: '全部规则包', active: '正在生效', unknown: '较早的规则包', title: '各版规则判得怎样', explain: '按判每通来电的规则包分开数；± 是与前一版相差的百分点。点一版只看它。', pack: '规则包', days: '判了哪些天', judged: '判过', decided: '人定过性', span: (since: string, until: string) => `${since} 至 ${until}`, key: '选规则包',
  },
  missed: '漏判的警情', missedExplain: (alarms: number) => `${alarms} 起警情中，机器判为「非警务」的`,
  drift: (name: string, day: string, share: string, low: string, high: string) => `${day}，${name} ${share}，平常在 ${low} 到 ${high} 之间。`,
  driftTitle: '和平常不一样', driftNone: '没有哪项偏离平常。', driftFew: '来电还不够多，说不准什么是平常。',
  driftCure: '先看「逐条规则」里最近常错的，再看来电里是否出了新情况。',
  watched: {
    valid_alarm: '判为有效警情的占', non_police: '判为非警务的占', unsure: '存疑的占', overturned: '被人推翻的占', raised: '第二意见拦下的占', missed: '警情被判为非警务的占',
  } satisfies Record<Watched, string>,
  trends: {
    missed: '漏判的警情', precision_alarm: '判为警情的，确是警情', recall_alarm: '真警情，判了出来', precision_non_police: '判为非警务的，确是非警务', coverage: '给出结论（不存疑）',
  },
  goal: (share: string) => `目标 ${share}`, lowest: (share: string, day: string) => `最低 ${share}（${day}）`, most: (n: string, day: string) => `最多 ${n}（${day}）`, noTrend: '这段时间没有数据。',
  chart: (title: string, now: string, worst: string) => `${title}：最近 ${now}，${worst}`,
  classes: '类别', natures: '警情', departments: '转交部门', opinion: '第二意见（机器学习，从不单独定为非警务）',
  code: '名称', said: '机器判', true: '实际是', right: '对', precision: '查准', recall: '查全', trend: '走势：查全',
  precisionHint: '查准：机器这样判的，有多少真是这样。查全：真是这样的，机器判出了多少。实际是什么，以接警员办结为准，复看过的以复看为准。',
  few: '太少，仅供参考',
  matrix: '机器判（行）与实际（列）', matrixOf: (said: string, true_: string, calls: number) => `机器判${said}、实际${true_}：${calls} 通`,
  rule: '规则', fired: '响过', decided: '人定过', wrong: '错', last: '最近一次', never: '从未', inactive: '已不在用', openRule: '到规则工坊', search: '查找规则',
  silent: (n: number, days: number) => `${n} 条规则近 ${days} 天一次也没响`, silentWhy: '可能写得太窄，也可能这类来电本来就少。不必急着删：看看它的例句还像不像来电人的话。', noSilent: '每条规则都响过。', noRules: '近期没有规则响过。',
  waiting: (n: number) => `待看 ${n} 通`, queueLead: '规则、第二意见和人说法不一的来电，最要紧的在前。听一听，说出哪个对；您的话用来教规则和模型，不改这通来电。',
  queueEmpty: '没有说法不一的来电。', queueEmptyWhy: '来源：来电办结后，规则、第二意见和接警员的说法有出入的，列在这里等人复看。',
  about: { missed: '可能漏判', class: '类别不一', nature: '警情不一', department: '部门不一' } satisfies Record<About, string>,
  party: { rules: '规则', model: '第二意见', person: '接警员' }, silentParty: '没有说法', score: (share: string) => `${share} 把握`, raised: '第二意见把「非警务」改成了「存疑」',
  rightOne: { rules: '规则说得对', model: '第二意见说得对', person: '接警员说得对' }, otherOne: '都不对…', saveLabel: '就是这样', labelled: (said: string) => `已记下：${said}`, openCard: '打开接警单', pick: '选一通来电，看原话、听录音。', noLabel: '您的角色不看来电；这里只有数字。',
  empty: (days: number) => `近 ${days} 天还没有办结的来电。`, emptyWhy: '来源：接警员每办结一通来电，机器的研判就和人的结论对一次。',
  keys: { tabs: '准不准 / 逐条规则 / 说法不一', move: '上一通 / 下一通', label: '规则对 / 第二意见对 / 接警员对', other: '都不对', open: '打开接警单', search: '查找规则' },
}
