import type { CheckKind, RunState, Step } from '../api/drill'

/** The training, in Chinese. The banner says it in both languages at once, whatever language is chosen. */
export const drill = {
  banner: '演练 · TRAINING', bannerMore: '不是真实来电，不计入任何统计，不通知任何单位 · not a real call, counted nowhere, nobody is told', page: '演练', own: '我的演练',
  scenario: '脚本', scenarios: '选择脚本', seat: '学员席位', noSeat: '还没有人就座：请学员登录并填坐席号', speed: '速度', times: (n: number) => `${n}×`, start: '开始', started: '已开始，学员话机振铃', callers: (n: number) => `${n} 路来电`, fault: '脚本有错，用的是上一份：',
  live: '进行中', results: '结果', none: '还没有演练。选脚本、选席位，按 Ctrl+Enter 开始。', noneOwn: '还没有演练。班长开始后，您的话机会振铃。', pause: '暂停', resume: '继续', faster: '加快', slower: '放慢', inject: '插入事件', end: '结束', endSure: '再按一次结束', move: '上一次 / 下一次', print: '打印成绩单',
  injecting: { title: '现在插入什么', say: '来电人说', key: '来电人按键', sound: '无言的声响', hang_up: '来电人挂断', words: '说的话或按的键', submit: '插入' },
  state: { running: '进行中', paused: '暂停', done: '完成', stopped: '已结束', broken_off: '中断' } satisfies Record<RunState, string>,
  phone: { title: '演练话机', rings: '振铃', talking: '通话中', idle: '等待来电', paused: '演练暂停', answer: '接听', say: '您对来电人说的话，回车说出', speak: '说话', hangUp: '挂断' },
  sheet: {
    title: (name: string) => `演练成绩单：${name}`, and: '、', right: (n: number, of: number) => `${n}/${of} 项正确`, times: '用时（自接听起，秒）', checks: '应做与所做', asked: '问到的与漏问的', said: '学员说过', who: (trainee: string, trainer: string) => `学员 ${trainee}，教员 ${trainer}`,
    step: { answer: '接听', first_field: '首个要素', location: '位置', verdict: '定性', dispatch: '派出或转出' } satisfies Record<Step, string>,
    check: { class: '类别', nature: '警情', department: '部门', danger: '危险', field: '要素', hand_over: '转交或三方', never_hand_over: '不应转交', call_back: '回拨', reassign: '改派', linked: '并案来电数' } satisfies Record<CheckKind, string>,
    ok: '正确', wrong: '有误', wanted: '应为', found: '实际', nothing: '（没有）', machine: '机器填写，本人未确认', askedYes: '问到', askedNo: '漏问', or: ' 或 ', yes: '有', notThere: '—',
  },
  progress: (n: number, first: number | null, last: number | null) => `${n} 次，最初 ${first ?? '—'}%，最近五次 ${last ?? '—'}%`, when: '时间', trainee: '学员', result: '正确率',
}
