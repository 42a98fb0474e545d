import type { DispatchStep } from '../api/plans'

/** Response plans, and what the dispatch core tells, in Chinese. */
export const plans = {
  title: '预案', action: '预案', choose: '启动哪个预案', search: '按名称查找', none: '没有可启动的预案。', start: '启动', suggested: '建议', major: '重大', items: (n: number) => `${n} 项`,
  advice: '机器只建议，由人启动。其他预案', done: (done: number, of: number) => `${done}/${of} 项完成`, started: (who: string, when: string) => `${who} ${when} 启动`, tell: '通知', announce: '播报：',
  end: '结束预案', endIt: '结束预案…', note: '结束说明（可不填）', over: (who: string, when: string) => `${who} ${when} 结束`, checklist: '到预案清单', banner: '重大警情预案：', open: '打开',
  unsigned: '未签收指令', bucket: (from: number, to: number | null) => (to === null ? `${from}秒以上` : `${from}–${to}秒`), unacknowledged: (n: number) => `${n} 起警情未得到指挥调度系统回执：请立即电话通知`,
  dispatch: {
    title: '指挥调度', missing: '未收到指挥调度系统的回执，请立即电话通知调度台', awaited: '等待调度回执', acknowledged: (who: string, when: string) => `调度已接收 ${who} ${when}`, unsigned: '未签收', within: (s: number) => `${s}秒`,
    more: (n: number) => `另有较早的 ${n} 条指令`, tile: { missing: '无回执', unsigned: '未签收' },
    step: { instruction: '派警', sign_off: '签收', departure: '出动', arrival: '到场', feedback: '反馈', cancel: '撤销' } satisfies Record<DispatchStep, string>,
  },
}
