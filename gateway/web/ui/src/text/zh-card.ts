import type { PauseReason, Presence } from '../api/desk'

/** The call card and the positions in Chinese. */
export const card = {
  title: '接警单', actions: '可做的事',
  clash: (who: string) => `${who || '别人'}先写了上面这一条。两条都在，请选一个。`, takeMine: '用我的', keepTheirs: '用他的',
  unsent: '尚未保存：连上后自动再送', unsaved: (n: number) => `${n} 项尚未保存`,
  finishedBy: '已办结', reopen: '重新打开', reopenWhy: '为什么重新打开？', decide: '定性', decided: '已定性，通话后再办结。', decidedAs: '已定性：', finishAfter: '通话中先定性，挂机后再办结。', drafted: '草稿，可改',
  asked: '标为已问', askedAlready: '已问，等回答',
  alsoOpen: '也在看', at: '席位',
  summary: {
    lead: (what: string) => (what ? `来电报${what}` : '来电'), leadText: (what: string) => (what ? `文字报警：${what}` : '文字报警'), place: (place: string) => `地点：${place}`, fact: (name: string, value: string) => `${name}${value}`,
    said: (quotes: string[]) => `称“${quotes.join('”“')}”`, comma: '，', stop: '；', end: '。',
  },
}

export const seats = {
  title: '席位', own: '您的席位', none: '您没有就座：电话响起时接警单不会自己打开。', empty: '还没有席位。来源：交换机队列的成员，或配置里的 [[desk.positions]]。',
  sit: '坐这里', takeOver: '接替', taken: (who: string) => `${who} 坐在这里。若已离席，可以接替。`, up: '离席', filter: '席位号', lost: (what: string) => `席位由 ${what} 接替，您现在没有席位。`,
  pause: '暂停', resume: '恢复接听', pauseWhy: '为什么暂停？', pending: '等交换机确认…', fault: '没有办成：',
  handOver: '交班', note: '留给下一位的话', to: '交给席位', open: (n: number) => `${n} 张未办结的单一并移交`, noOpen: '没有未办结的单', pass: '交班离席', notPassed: (n: number) => `${n} 张没有移交成，请逐张查看。`,
  left: (who: string, when: string) => `${who} ${when} 交班留言`, read: '看过了', openCard: '打开', sound: '振铃声', mute: '静音', volume: '音量', hear: '试听', soundless: '浏览器还不让响铃：按任意键即可', page: '各席位', who: '谁', now: '现在', call: '来电', since: '已', wrapping: (n: number) => `${n} 张未办结`, rings: '振铃', you: '您',
  state: { idle: '空闲', ringing: '振铃', busy: '通话', wrap_up: '整理', paused: '暂停', away: '不在', unreachable: '不通' } satisfies Record<Presence, string>,
  reason: { rest: '休息', meal: '用餐', paperwork: '文书', training: '培训', relief: '换岗' } satisfies Record<PauseReason, string> as Record<string, string>,
  supervise: { listen: '监听', whisper: '耳语', join: '加入', take: '接管' }, taking: '您的话机会响；接起后来电人归您，接警员退出，单随之归您的席位。', superviseRings: '您的话机会响，接起即可。', noCall: '没有通话',
  escalated: (who: string) => `${who} 请求班长`, escalatedOpen: '打开',
  unmanned: '无人登录',
  figures: { free: '空闲', talking: '通话', wrap: '整理', paused: '暂停', empty: '无人' },
  keys: { seat: '席位、暂停、交班、振铃声', mute: '静音 / 出声', desks: '各席位（班长）', escalation: '打开请求班长的来电', move: '在席位之间移动', open: '打开来电', sit: '坐这里', up: '离席', hand: '交班', pause: '暂停 / 恢复' },
}
