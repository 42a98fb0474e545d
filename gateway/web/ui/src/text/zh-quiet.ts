/** Calls that say little: silence, abandoned calls, text, in Chinese. */
export const quiet = {
  title: '待回拨', none: '没有待回拨的来电。', waits: (n: number) => `${n} 个`, overdue: '已超时', due: '应回拨', left: (time: string) => `还剩 ${time}`, late: (time: string) => `超时 ${time}`,
  unreachable: '号码未知，无法回拨', claimedBy: (who: string) => `${who} 处理中`, tries: (n: number) => `已试 ${n} 次`, hungUp: (time: string) => `${time} 挂断`,
  beyond: (n: number) => `另有 ${n} 个`, aside: (n: number, time: string) => `疑似恶意占线的未接来电 ${n} 个（${time} 起）未列入，证据包中保留`,
  next: '接下一个待回拨', noNext: '没有无人认领的待回拨来电。', claim: '认领回拨', claimed: '已认领，按 F2 回拨。', saved: '已记录。',
  safe: '已联系上：平安', emergency: '已联系上：有警情', noAnswer: '无人接听', cannot: '无法联系', closedBy: (who: string) => `由 ${who} 了结`, closedItself: '自动了结', merged: '同一号码再次来电并已接听',
  card: '未接即挂：请回拨', asideHere: '本次来电疑似恶意占线，回拨任务未列入；认领后列入。',
  outcome: { reached_safe: '已联系上：平安', reached_emergency: '已联系上：有警情', no_answer: '多次回拨无人接听', unreachable: '无法联系', merged: '再次来电已接听', lapsed: '24 小时内无人处理' } as Record<string, string>,
}
