import type { OrderAct, OrderDeadline, OrderState, OrderStep, Satisfaction } from '../api/orders'

/** Work orders, in Chinese. */
export const orders = {
  nav: '工单', title: '工单', theirs: (name: string) => `${name} · 110 转来的工单`, key: '工单',
  all: '全部未办结', everyone: '全部部门', overdueOnly: '只看超时', overdue: (n: number) => `超时 ${n}`, count: (n: number) => `${n} 件`,
  search: '查找事项、编号末位', more: '更早的', state: '状态', department: '部门', deadline: '时限', subject: '事项', number: '编号',
  nothing: '没有工单。来电转给部门后，这里自动出现一件；也可以按 N 新开一件。', nothingFound: '没有符合的工单。',
  nothingTheirs: '现在没有要办的工单。110 转来一件，这里立即出现。', pick: '选一件工单，看内容和经过。',
  new: '新开工单', newFrom: '由来电新开工单', text: '情况', caller: '来电人', callerName: '姓名', phone: '电话', place: '地点', call: '来电', noCall: '无来电',
  opened: '开单', first: '首接部门', handed: (n: number) => `已转 ${n} 次`, history: '经过', hidden: '来电人信息只在办理期间显示。',
  answer: '答复', returned: '退回理由', told: '告知', closing: '办结说明', dispute: '争议', decision: '裁定', decidedFor: '归属', followUps: '回访',
  save: '保存草稿', sendNow: '发出', confirm: '确定', cancel: '取消', required: '必填', to: '转给', how: '结果',
  drafted: '草稿已保存', system: '系统', hall: '110 接警台',
  asides: '另存的消息', asidesLead: '部门系统发来、对不上任何工单的消息，原样存放在这里，请与该部门核对。', noAsides: '没有另存的消息。',
  aside: { unreadable: '格式不对', unknown_order: '没有这个工单', unknown_department: '没有这个部门', wrong_key: '口令不对' } as Record<string, string>,
  state_: {
    draft: '草稿', sent: '待接收', accepted: '已接收', returned: '已退回', reassigned: '改派待接收', in_work: '办理中', answered: '已答复', told: '已告知',
    closed: '已办结', disputed: '有争议',
  } satisfies Record<OrderState, string>,
  deadline_: { accept: '接收', answer: '答复' } satisfies Record<OrderDeadline, string>,
  satisfaction: { satisfied: '满意', neutral: '一般', dissatisfied: '不满意', not_reached: '未联系上' } satisfies Record<Satisfaction, string>,
  step: {
    drafted: '起草', edited: '修改', sent: '发出', accepted: '接收', started: '开始办理', returned: '退回', reassigned: '改派', withdrawn: '撤走', noted: '备注',
    answered: '答复', told: '告知来电人', followed_up: '回访', closed: '办结', disputed: '提出争议', decided: '裁定', supervised: '超时，督办',
  } satisfies Record<OrderStep, string>,
  act: {
    edit: '修改', send: '发出', accept: '接收', start: '开始办理', return: '退回', reassign: '改派', note: '备注', answer: '答复', dispute: '提出争议', decide: '裁定',
    tell: '已告知来电人', 'follow-up': '回访', close: '办结',
  } satisfies Record<OrderAct, string>,
  done: {
    edit: '已修改', send: '已发出', accept: '已接收', start: '已开始办理', return: '已退回', reassign: '已改派', note: '已备注', answer: '已答复', dispute: '已提出争议，由首接部门先办',
    decide: '已裁定', tell: '已记下：来电人已知', 'follow-up': '已记下回访', close: '已办结',
  } satisfies Record<OrderAct, string>,
  ask: {
    edit: '修改草稿', send: '', accept: '', start: '', return: '为什么退回', reassign: '改派给谁，为什么', note: '写给对方的话', answer: '办理结果（将告知来电人）',
    dispute: '为什么不属贵部门', decide: '由谁办理，依据是什么', tell: '怎样告知的，来电人怎么说', 'follow-up': '来电人怎么说', close: '为什么办结（已告知来电人的可不填）',
  } satisfies Record<OrderAct, string>,
  working: { hours: (n: number) => `，${n} 个工作小时`, days: (n: number) => `，${n} 个工作日` },
  due: (what: string, when: string, left: string) => `${what}时限 ${when}（还有 ${left}）`,
  late: (what: string, when: string, by: string) => `${what}已超时 ${by}（应在 ${when} 前）· 督办`,
  span: { minutes: (n: number) => `${n} 分钟`, hours: (n: number) => `${n} 小时`, days: (n: number) => `${n} 天` },
  keys: {
    move: '上一件 / 下一件', state: '按状态', department: '按部门', overdue: '只看超时', search: '查找', new: '新开工单', asides: '另存的消息', submit: '确定', open: '打开来电',
  },
  ring: '打回访电话', noSeat: '请先就座（⇧P）：先响的是您席位的话机。',
  card: { title: '工单', open: '开工单' },
}
