/** Records without a call, calls made for one, and the printed sheet, in Chinese. */
export const records = {
  new: '新建记录', title: '新建记录（无来电）', explain: '来人报警、电台、系统外电话，或故障期间记在纸上的警情。系统按文字研判，与来电一样办结、归档、计数一次。',
  origin: '来源', origins: { walk_in: '来人报警', radio: '电台', phone: '系统外电话', outage: '故障期间纸单' } as Record<string, string>,
  happened: '发生时间', number: '电话号码', place: '地点', words: '原话（每行一句）', save: '保存并打开', badTime: '请填写发生时间。',
  record: '无来电记录', late: '事后补录', entered: (who: string, at: string) => `${who} 于 ${at} 录入`, happenedAt: (at: string) => `发生于 ${at}`, sheet: (n: string) => `纸单 ${n}`,
  more: '补充原话', add: '添加', added: '已添加并重新研判。',
  same: '认定为同一警情', notSame: '取消同一警情认定', linked: '已认定为同一警情，只计一次。', unlinked: '已取消认定。', sameAs: '同一警情：', mayBe: (m: number) => `同一号码、相隔 ${m} 分钟，可能是同一警情：`, mayBeTime: (m: number) => `交换机来电号码未知、相隔 ${m} 分钟，可能是同一警情：`,
  partOf: '本通话属于另一警情的记录：', open: '打开',
  ring: '外呼', ringTitle: '为本警情外呼', ringExplain: '先响您的话机，接起后拨出。录音和文字归入本记录。', whom: '对方', whoms: { witness: '证人', partner: '联动单位', department: '部门', caller: '报警人', other: '其他' } as Record<string, string>, dial: '拨打', dialing: '正在呼叫您的话机。', typed: '号码', badNumber: '号码应为 3 至 32 位数字。',
  parts: '本记录的外呼', live: '通话中', recording: '录音', by: (who: string) => `${who} 拨打`,
  print: '打印接警单', printTitle: '打印接警单：为什么？', printExplain: '每次打印都记入日志：谁、何时、为什么；用途印在纸上。', purposes: ['归档', '移交办案单位', '质量检查', '应当事人要求'], printGo: '打开打印页', printed: '已在新标签页打开，按 Ctrl+P 打印。',
}
