import type { HandOverKind } from '../api/desk'

/** Hand-over, three-party calls, call-back, the supervisor, in Chinese. */
export const handover = {
  callback: '回拨', threeway: '三方', transfer: '转交', supervisor: '求助班长', complete: '离开，双方继续', cancel: '取消',
  onLine: '来电人还在线上', over: '通话已结束', noDesk: '现在没有接警员与来电人通话', nothing: '没有可完成或取消的转交',
  title: { transfer: '转交给谁', threeway: '请谁加入三方通话' }, search: '名称、号码、职责', kinds: { blind: '直接转', attended: '询问转', threeway: '三方' } satisfies Record<HandOverKind, string>,
  kind: '方式', open: '在', until: (when: string) => `至 ${when}`, opens: (when: string) => `${when} 上班`, closed: '现在无人', holiday: (name: string) => `${name}放假`, duty: (who: string, number: string) => `由值班电话 ${number} 受理${who && `（${who}）`}`, never: '不受理', instead: (name: string) => `由${name}受理`, suggested: '建议', proposed: '请立即三方通话：', because: (dangers: string) => `听到${dangers}`,
  duties: '职责', anyway: '仍要办', none: '没有符合的。', fault: '部门目录有错，用的是上一份：', empty: '部门目录是空的：见 conf/departments.toml。', done: '已交给交换机，结果随到随显。', called: '班长的话机在响，接警单会在他的屏幕上打开。', callingBack: '您的话机先响；接起后再拨来电人。',
  ringing: '回拨会响铃', confirm: '确认',
  taking: {
    steps: ['接入会议', '班长话机振铃', '班长进入', '来电人归班长', '接警员退出'],
    room: () => '正在把来电人和接警员接入会议，通话不断。', rings: (desk: string) => `请接起 ${desk} 的话机。来电人仍由接警员接着。`, entering: (desk: string) => `${desk} 已接起，进入通话；接警员再留几秒。`, yours: (desk: string) => `来电人已在 ${desk}，正在让接警员退出。`,
    done: (desk: string) => `来电人由 ${desk} 接着，单归该席位；接警员已退出。`, left: (desk: string, there: string) => `${desk} 已离开。${there ? `来电人由 ${there} 接着。` : ''}`, stays: (why: string, there: string) => `接警员没有退出${why ? `（${why}）` : ''}：现在通话里有 ${there}。请他自己挂机。`,
    failed: (why: string, there: string) => `接管未成${why ? `（${why}）` : ''}：${there ? `来电人仍由 ${there} 接着。` : '请看通话现在由谁接着。'}可再按一次。`,
  },
  panel: '转交', state: { asked: '已请求', sent: '交换机已接受', ringing: '对方振铃', answered: '对方已接', completed: '已交出', refused: '未成', no_answer: '无人接，已回来', returned: '已回来', cancelled: '已取消', unknown: '结果未知，请核对后再按一次', live: '已接通', ended: '已结束' } as Record<string, string>,
  supervision: { listen: '监听', whisper: '耳语', join: '加入', take_over: '接管', escalate: '求助班长' } as Record<string, string>, callbackOf: '本次是回拨',
}
