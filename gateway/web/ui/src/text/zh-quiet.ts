/** Calls that say little: silence, abandoned calls, text, in Chinese. */
export const quiet = {
  title: '待回拨', none: '没有待回拨的来电。', waits: (n: number) => `${n} 个`, overdue: '已超时', due: '应回拨', left: (time: string) => `还剩 ${time}`, late: (time: string) => `超时 ${time}`,
  unreachable: '号码未知，无法回拨', claimedBy: (who: string) => `${who} 处理中`, tries: (n: number) => `已试 ${n} 次`, hungUp: (time: string) => `${time} 挂断`,
  beyond: (n: number) => `另有 ${n} 个`, aside: (n: number, time: string) => `疑似恶意占线的未接来电 ${n} 个（${time} 起）未列入，证据包中保留`,
  next: '接下一个待回拨', noNext: '没有无人认领的待回拨来电。', claim: '认领回拨', claimed: '已认领，按 F2 回拨。', saved: '已记录。',
  safe: '已联系上：平安', emergency: '已联系上：有警情', noAnswer: '无人接听', cannot: '无法联系', closedBy: (who: string) => `由 ${who} 了结`, closedItself: '自动了结', merged: '同一号码再次来电并已接听',
  card: '未接即挂：请回拨', asideHere: '本次来电疑似恶意占线，回拨任务未列入；认领后列入。',
  outcome: { reached_safe: '已联系上：平安', reached_emergency: '已联系上：有警情', no_answer: '多次回拨无人接听', unreachable: '无法联系', merged: '再次来电已接听', lapsed: '24 小时内无人处理' } as Record<string, string>,
  panel: '静默', sounds: (n: { voice: number; breath: number; taps: number; quiet: number }, last: string) => `近 1 分钟：出声 ${n.voice} 秒，呼吸 ${n.breath} 秒，敲击 ${n.taps} 秒，安静 ${n.quiet} 秒；现在${({ voice: '出声', breath: '呼吸', taps: '敲击', quiet: '安静' } as Record<string, string>)[last] ?? ''}`,
  noSound: '还听不到来电人一侧的声音。', silentFor: (time: string) => `已静默 ${time}`, keys: (n: number) => `按键 ${n} 次：`, noKeys: '没有按键。', taps: (n: number) => `敲击 ${n} 下`,
  start: '播放静默提示', stop: '停止静默提示', started: '已请求播放：只有来电人听到“请按一”。', stopped: '已停止播放。', times: (n: number) => `播放 ${n} 次`, noPrompt: '尚未播放提示。',
  prompt: { watching: '正在听来电人是否出声', spoke: '来电人已出声，未播放', asked: '已请求播放', playing: '来电人正在听提示', played: '来电人已听完提示', stopped: '提示已停止', failed: '未能播放，可再按一次' } as Record<string, string>,
  mute: '提示只有来电人听到，录音与本席都没有。要让对方听不到本席，请按话机的静音键。',
  alarm: '无声报警', alarms: (n: number) => `无声报警 ${n} 起`, mark: '无声', raise: '触发无声报警', raised: '无声报警已触发。', see: '我来处理', seen: '已记录：由你处理。', end: '解除无声报警', ended: '无声报警已解除。', seenBy: (who: string) => `${who} 正在处理`, unseen: '尚无人处理',
  advice: '不要让对方出声；先问“是/否”，按 1 表示是。未经确认不要回拨响铃。', alarmOver: (why: string, who: string, time: string) => `无声报警（${why}）已由 ${who} 于 ${time} 解除`,
  cause: { key: '按提示按了 1', other_key: '提示后按了其他键', taps: '提示后敲击', code_word: '说出暗语', person: '接警员判断' } as Record<string, string>,
  endTitle: '解除无声报警', endExplain: '只有人可以解除。解除后由规则重新研判，“不便说话”的危险标记仍保留。', endWhy: '为什么解除', endReasons: ['已与本人确认平安', '民警已到场', '误按', '设备测试'],
}
