import type {
  AlarmClass, CallState, Department, EndReason, FieldName, Nature, Partner, Priority, Releaser, Source, Speaker, VetoCode,
} from '../api/codes'
import type { HearingState } from '../api/codes'
import { card, seats } from './zh-card'
import { drill } from './zh-drill'
import { handover } from './zh-handover'
import { orders } from './zh-orders'
import { place } from './zh-place'
import { plans } from './zh-plans'
import { quiet } from './zh-quiet'
import { records } from './zh-records'
import { share } from './zh-share'
import { thread } from './zh-thread'
import { together } from './zh-together'
import { wall } from './zh-wall'
import { quality } from './zh-quality'
import { rules } from './zh-rules'
import type { Reading, ServiceState, Transfer } from '../api/types'

/** Every word of the pages in Chinese. English has the same shape: the type checker finds what is missing. */
export const zh = {
  app: {
    product: '110 接警网关',
    demo: '演示',
    board: '看板', ended: '已结束', speech: '识别', quality: '研判', rules: '规则', health: '运行状况',
    keys: '按键', theme: { dark: '深色', light: '浅色' }, language: 'English', signOut: '退出',
    position: '坐席', noPosition: '无坐席',
    close: '关闭', loading: '正在读取…', retry: '再试',
    unreachable: '网关没有应答。电话不受影响；请再试一次。',
    notFound: '没有这一页。', notYours: '您的角色不看这一页。', toBoard: '回到看板',
    lost: (when: string) => `与网关的连接自 ${when} 中断。以下内容停在当时；电话照常进行。正在自动重连。`,
    notSaved: (when: string) => `自 ${when} 起新内容尚未存盘。电话照常进行；网关在重试，请勿关闭本页。`,
    serviceDown: (name: string, when: string) => `${name}自 ${when} 中断`,
    serviceDegraded: (name: string, when: string) => `${name}自 ${when} 不正常`,
  },
  signIn: {
    title: '登录', username: '用户名', password: '口令', position: '坐席号（没有坐席可不填）', submit: '登录',
    hint: '用户由管理员建立。演示环境的用户名和口令在启动时打印一次。',
  },
  board: {
    title: '正在进行的来电',
    waiting: '等待', longest: '最长等待', talking: '通话', held: '保持或转接', urgent: '优先 1', unsettled: '待办结', late: '超时',
    yours: '您的来电', yoursRinging: '您的坐席振铃', anonymous: '无号码',
    empty: '现在没有来电。有人拨打 110 时，这里立即出现一格：谁、在哪、说了什么。',
    emptySource: '来源：话务交换机 (AMI)。',
    lastEnded: '刚结束', all: '全部',
    inferred: '补记', test: '测试',
  },
  ended: {
    title: '已结束的来电', search: '查找号码、地点、原话', more: '更早的', at: '时间', number: '号码', length: '时长', verdict: '类别',
    result: '结果', where: '地点', words: '最后一句', settled: '办结', unsettled: '待办结',
    empty: '还没有结束的来电。通话结束后，记录、文字和录音都在这里。',
    nothingFound: '没有符合的来电。',
  },
  call: {
    back: '看板', queueWait: '排队', desk: '坐席', rings: '振铃', noDesk: '未接', conference: '三方通话', inferred: '补记：网关事后从交换机得知', test: '只为测试线路而拨，不计入任何统计',
    releasedBy: '挂断', place: '位置', people: '来电人', elements: '要素',
    missing: '没有这通来电，或您无权查看。',
    transfer: { blind: '直接转', attended: '询问转', threeway: '三方', redirect: '移转' } satisfies Record<Transfer['kind'], string>,
    transferResult: {
      pending: '进行中', completed: '已接通', failed: '未成', cancelled: '已取消',
    } satisfies Record<Transfer['result'], string>,
  },
  where: {
    lead: '在哪里', within: (radius: string) => `${radius}内`, sure: (percent: number) => `${percent}% 把握`, unsized: '精度未知', unplaced: '只有地址，没有坐标', noAddress: '没有地址', elsewhere: (name: string) => `在${name}`,
    none: '还没有位置。', noneEnded: '没有位置。', sources: '来源：话务网 (PIDF、ALI)、手机 (AML) 与报警人的话。',
    why: '为什么以此为准', jurisdiction: '辖区', junctions: '附近路口', district: '区县', others: '其他说法', steps: (span: string, far: string) => `在移动：${span}内约 ${far}`,
    outside: '在本市辖区以外', conflict: (one: string, other: string, far: string) => `${one}与${other}相距 ${far}`, conflictBare: (one: string, other: string) => `${one}与${other}不符`,
    assumed: '来源未注明坐标系，按配置', expired: '已过期', refresh: '再问一次位置', refreshing: '正在问…', refreshed: '已去问，答复随到随显', masked: '按您的角色，位置只显示到区县。',
    spotSet: '以您标的位置为准', leads: '已按您选的为准', leadThis: '以此为准', copy: '复制', copied: (datum: string) => `已复制 ${datum}`, notCopied: '浏览器不让复制，请手动选取', onMap: '在地图上看', asked: '查询', additional: '附加资料',
    span: { seconds: (n: number) => `${n} 秒`, minutes: (n: number) => `${n} 分钟` },
    ago: { seconds: (n: number) => `${n} 秒前`, minutes: (n: number) => `${n} 分前`, hours: (n: number) => `${n} 小时前` },
    by: { PIDF: '定位', HELD: '定位', AML: '手机定位', ALI: '号码登记', speech: '口述地址', person: '人工地址', shared: '报警人手机' } as Record<string, string>,
    query: { asking: '正在问…', answered: '已答', nothing: '没有记录', failed: '没问到' } as Record<string, string>,
    method: { gps: '卫星', gnss: '卫星', 'a-gps': '卫星', 'a-gnss': '卫星', 'device-based_a-gps': '卫星', 'device-assisted_a-gps': '卫星', cell: '基站', 'cell-id': '基站', tdoa: '基站测距', 'e-otd': '基站测距', otdoa: '基站测距', wifi: '无线网', '802.11': '无线网', dhcp: '有线网', manual: '人工登记', derived: '推算', triangulation: '三角测量', hybrid: '混合', fused: '混合' } as Record<string, string>,
    toward: ['北', '东北', '东', '东南', '南', '西南', '西', '西北'],
    block: { SubscriberInfo: '用户', ProviderInfo: '运营商', DeviceInfo: '设备', ServiceInfo: '业务', Comment: '说明' } as Record<string, string>,
  },
  map: {
    title: '地图', label: (what: string) => `地图：${what}`, empty: '没有位置', enlarge: '大图', shrink: '收起', keys: '缩放、全览', moveKeys: '移动', metre: (n: string) => `${n} 米`, kilometre: (n: string) => `${n} 公里`,
    sketch: '简图（本机显卡画不了底图）', noWebgl: '本机显卡画不了底图；位置照画', broken: '底图读不出来；位置照画', none: '没有装本地地图；位置照画',
  },
  words: {
    title: '通话文字', demoModel: (languages: string) => `演示识别模型${languages ? `（${languages}）` : ''}：只听得懂合成语音，听不懂真人。`, demoBrief: (languages: string) => `演示模型${languages ? `（${languages}）` : ''}：只懂合成语音`, hotWord: (heard: string) => `热词改写；识别器原写：${heard}`,
    none: '这路电话没有转写。',
    empty: '双方开口后，文字在这里逐句出现。', emptyEnded: '没有听到可写下的话。', gap: '（补写）', now: '跳到最新',
  },
  hearing: {
    state: {
      wanted: '正在接通识别…', live: '听写中', behind: '文字迟到', set_aside: '暂不转写', no_frames: '无转写', deaf: '无转写', no_words: '无转写', no_model: '文字不可信', broken: '无转写', dead: '无转写', over: '已离开',
    } satisfies Record<HearingState, string>,
    why: {
      wanted: '识别一直没有接通，还在试', behind: '声音都在，文字随后跟上', set_aside: '来电多，机器听不过来，报警人优先；声音都留着，有空就补写', no_frames: '没有声音送到识别，正在重新接通', deaf: '有人说话却没有文字，正在更换识别器',
      no_words: '换过识别器仍听不出字：可能是噪声、音乐或别的语言', no_model: '所说语言的模型不能使用，由默认模型听写，文字可能全错', broken: '识别断开，正在重新接通', dead: '多次重接未成，已放弃',
    } as Record<string, string>,
    events: { filled: '已补写', unfilled: '补写未成', unreviewed: '复核未成', language: '改用语言' } as Record<string, string>,
    since: (when: string) => `自 ${when}`, never: '无转写',
    still: '没有转写时请用耳朵听。录音、号码、位置照常；录音事后补写成文字。',
    owed: (span: string) => `有 ${span} 没听到：正从录音补写`, owedLive: (span: string) => `有 ${span} 没听到：事后补写`, unfilled: (span: string) => `有 ${span} 没听到：补写未成`,
    unheard: (when: string) => `存疑：没有听到报警人（自 ${when}）`, unheardOver: (span: string) => `存疑：报警人有 ${span} 没有听到`, person: '由人决定。',
    tile: { none: '无转写', aside: '事后补写', late: '文字迟到' }, desk: '接警员',
    hall: { none: (n: number) => `${n} 路无转写`, aside: (n: number) => `${n} 路事后补写`, late: (n: number) => `${n} 路文字迟到`, dead: '语音识别中断：没有转写，研判一律存疑', lost: (names: string) => `监听机 ${names} 失联` },
  },
  reading: {
    name: { live: '实时文字', review: '复核文字' } satisfies Record<Reading, string>,
    rests: '接警单依据', differs: (share: string) => `与另一种相差 ${share}`, same: '两种听法一字不差', show: (name: string) => `看${name}`, back: '回到依据的文字', next: '下一处不同',
    other: (name: string) => `您看的是${name}，接警单不依据它。`, legend: '两种听法不同处并列；划掉的接警单不采用。', nothing: '没听到', says: (name: string) => `${name}：`, unreviewed: '复核未成，依据实时文字', distrusted: '复核听到的太少，仍依据实时文字',
  },
  verdict: {
    title: '研判', advice: '建议', none: '还没有研判：有了第一句话后出现。', noneEnded: '没有研判：没有可判的话。', noText: '没有文字可判：存疑，由人决定。',
    priority: '优先', alternatives: '也可能', findings: '依据', vetoes: '否决「非警务」', next: '下一问', partners: '联动', department: '建议转',
    partialWords: '未定文字', before: '此前听到的话：',
  },
  opinion: {
    title: '第二意见', raised: '与规则不一致，已提为存疑：由人决定。', alone: (what: string) => `仅按规则：${what}`,
    what: (model: string) => `统计模型 ${model} 的看法，仅供参考：不能单独判为非警务`,
  },
  value: {
    confirm: '确认', correct: '改', hear: '听', conflict: '说法不一，并列', confirmedBy: '确认人', add: '填写', save: '保存',
    cancel: '取消', unset: '—',
  },
  disposition: {
    title: '处置', class: '类别', nature: '警情', department: '转交部门', note: '摘要', finish: '办结', change: '改办结', choose: '选择…',
    suggested: '机器建议，尚未由人决定', settled: '已办结：', notePlaceholder: '一句话：谁、什么事、怎样处置',
    missing: '请先选类别和警情。', done: '已办结，已存盘。', stale: '别人刚改过这通来电。请看一眼新内容，再按一次。',
    and: '、', vetoed: (names: string) => `听到${names}：请确认确实不归警务。`,
    keepWriting: '通话中也可先办结；之后还能改。',
  },
  player: {
    title: '录音', play: '播放', pause: '暂停', speed: '速度', rx: '报警人', tx: '接警员', mix: '双方',
    none: '没有录音。', running: '正在录音，通话结束后可听。', stopped: '录音已停，正在核验入库。', failed: '录音不可用：', repaired: '文件头已修复', doubtful: '录音存疑：',
    fault: '录音放不出来：', closed: '说明用途后显示波形并播放。', speedOf: (n: number) => `${n} 倍`, position: '播放位置',
  },
  purpose: {
    title: '为什么听这段录音？', explain: '每次打开录音都记入日志：谁、何时、为什么。', submit: '打开', note: '补充说明',
    choices: ['核对地点和经过', '质量检查', '案件取证', '复核研判', '培训'],
  },
  events: {
    title: '经过', verdict: '研判', empty: '还没有记录。', more: '更多', inferred: '补记',
    nouns: {
      CallStart: '来电', CallerIdentity: '主叫号码', CallStateChange: '状态', CallTransfer: '转接', CallEnd: '结束', RecMediaStart: '开始录音',
      RecMediaEnd: '录音入库', RecordingFailed: '录音失败', LocationResponse: '位置', LocationFault: '位置不可读', SpeechStateChange: '转写', TranscriptReviewed: '复核',
      TranscriptSegment: '文字', TriageAssessed: '研判', VetoRaised: '否决', DispositionSet: '办结', CardUpdate: '接警单', UnexpectedSignal: '意外信号',
    } as Record<string, string>,
  },
  speech: {
    title: '语音识别质量', asOf: (when: string) => `${when} 读取，页面不会自己变`, days: (n: number) => `近 ${n} 天`, period: '时段', again: '重新读取',
    lead: (days: number, n: number, right: string) => `近 ${days} 天，人核对过 ${n} 项机器从语音听出的要素，${right} 原样确认，其余被改正。`,
    weakest: (name: string, right: string) => `先看${name}：只有 ${right} 不用改。`, nothingWeak: '没有哪一类要素常被改正。',
    fields: '哪类要素听得准', lines: '哪个模型、哪条线路听得准', field: '要素', model: '模型', trunk: '中继', speaker: '谁的话', checked: '核对过', confirmed: '原样确认', letters: '字对',
    few: '太少，仅供参考', weak: '常被改', unknown: '未知',
    explain: '「原样确认」：人没有改动的项数占比。「字对」：改正后留下的字占比。没人碰过的要素不算。这里没有任何来电的内容。',
    empty: (days: number) => `近 ${days} 天还没有可量的内容。`,
    emptyWhy: '来源：接警单。接警员确认或改正一项机器听出的要素（电话、车牌、地址…），这里就按要素、模型、中继和说话人算出对了多少。',
    longer: '看更长的时段：',
  },
  card,
  seats,
  drill,
  handover,
  orders,
  together,
  wall,
  place,
  plans,
  quiet,
  records,
  share,
  thread,
  quality,
  rules,
  findingKind: {
    matter: '事情本身', letter: '书面来信', case: '案卷用语', child: '像是儿童', drunk: '像是醉话', silence: '没有人说话', line_noise: '线路杂音', pocket_dial: '误触拨出', wrong_number: '打错', test_call: '试打', prank: '玩笑', idle_talk: '闲聊',
  } as Record<string, string>,
  language: { zh: '普通话', cmn: '普通话', yue: '粤语', en: '英语', auto: '自动辨别' } as Record<string, string>,
  thisMachine: '本机',
  ago: { now: '刚刚', minutes: (n: number) => `${n} 分钟前`, hours: (n: number) => `${n} 小时前`, days: (n: number) => `${n} 天前` },
  health: {
    title: '从中继到档案', lead: { up: '全部正常。', degraded: '有环节不正常，电话照常进行。', down: '有环节中断，电话照常进行。' } satisfies Record<ServiceState, string>,
    state: { up: '正常', degraded: '不正常', down: '中断' } satisfies Record<ServiceState, string>,
    for: (span: string) => `，已 ${span}`, last: '最近故障：', cure: '处理：', still: '仍可用：', version: '版本', started: '启动于',
    live: '进行中', queued: '等待', outbox: '待发事件', journal: '日志序号',
    empty: '网关还没有报告任何环节。',
    names: {
      pbx: '话务交换机', broker: '消息中间件', database: '数据库', speech: '语音识别', listener: '监听机', triage: '研判规则', recordings: '录音', outbox: '待发事件', disk: '磁盘', clock: '时钟', canary: '测试电话',
      texts: '短信平台', places: '地名库', location: '位置来源', 'location bodies': '送来的位置', 'map markers': '地图标记', map: '地图底图',
      rules: '规则包', quality: '研判质量监视', second_opinion: '第二意见模型', 'work orders': '工单',
    } as Record<string, string>,
    does: {
      pbx: '报来每通来电的状态', broker: '把事件送到派警中心', database: '保存日志和接警单', speech: '把双方的话写成文字', listener: '一台替网关听写的机器', triage: '从话里找出警情和危险', recordings: '收存并核验每段录音',
      outbox: '事件按序等候送出', disk: '存放录音和数据', clock: '为一切打上时间', canary: '定时从真实中继拨入，查遍全程',
      texts: '收文字报警（12110短信、应用消息）', places: '从话里找地点，说出属于哪个派出所', location: '按号码或引用查询来电人在哪里', 'location bodies': '边界网元和手机送来，按来电对上', 'map markers': '警力和摄像头的位置', map: '来电人位置下面的街道',
      rules: '现行规则包', quality: '把研判与人工结论逐日比对，发现偏离', second_opinion: '统计模型，与规则一同权衡，不能单独判为非警务', 'work orders': '与各部门往来的工单',
    } as Record<string, string>,
    remains: {
      pbx: '电话由交换机自己接续和录音；恢复后网关补记。', broker: '来电、接警单、录音照常；事件排队，恢复后按序送出。',
      database: '电话照常；网关留住新内容并重试。', speech: '电话、录音、号码和位置照常；研判一律「存疑」。', 'speech=degraded': '电话、录音、号码和位置照常；听得过来的照常写成文字，其余从录音补写。',
      listener: '它听的来电由别的监听机接着听；都听不过来时照常录音，事后补写。',
      triage: '电话、文字、录音照常；研判一律「存疑」，由人决定。',
      recordings: '电话照常；交换机上的原始录音仍在。', outbox: '来电和接警单照常；派警中心稍后收到。', disk: '电话照常；请尽快腾出空间。', clock: '电话照常；时间可能有偏差。', canary: '真实来电不受影响；但这条路上可能有环节失灵，请先按处理办法检查。',
      texts: '电话照常；文字报警要由短信平台自己处理。', places: '电话和定位照常；说出的地点要由人查找。', location: '电话和其他位置来源照常。', 'location bodies': '电话和其他位置来源照常。', map: '电话和位置照常；位置画在简单底图或空白底上。', 'map markers': '电话和来电人位置照常；地图上缺警力或摄像头。',
      quality: '来电和研判照常；只是比例不同寻常。', second_opinion: '来电照常，由规则研判。',
    } as Record<string, string>,
    // `{}` stands for the figure; `kind.name` goes before `name`, `name=value` is said of that value alone.
    figures: {
      live: '{} 路正在进行', 'speech.live': '正在听 {} 路', 'listener.live': '正在听 {} 路', legs: '最多同时听 {} 路', 'behind=0': '没有落后', behind: '{} 路跟不上，文字迟到', 'set_aside=0': '', set_aside: '{} 路接警员语音稍后转写，报警人优先', 'unheard=0': '', unheard: '{} 路没有文字', 'left_out=0': '', left_out: '{} 个模型不能使用，已略过', workers: '{} 个识别进程', model: '模型 {}',
      'alarms=0': '没有偏离', alarms: '{} 项比例偏离常态', 'unreadable=0': '', unreadable: '{} 个来电读不出，未计入', examples: '由 {} 个来电训练', taken: '{}换上', 'rules.version': '第 {} 版', pack: '规则包 {}', 'rules.rules': '{} 条规则', 'folder_differs=false': '', 'folder_differs=true': '',
      'waiting=0': '没有积压', waiting: '{} 件等候', 'parked=0': '', parked: '{} 件被拒收', pending: '{} 段待处理', stored: '已存 {} 段', lag_ms: '滞后 {} 毫秒', offset_ms: '偏差 {} 毫秒', free_bytes: '还可存 {}', capacity: '容量 {}',
      last: '最近一次在 {}', good: '最近一次成功在 {}', 'good=–': '还没有成功过', seconds: '跟了 {} 秒',
      'location.asked': '问过 {} 次', 'failed=0': '', 'location.failed': '{} 次没有回答', 'places.places': '{} 个地点', 'places.version': '版本 {}', 'places.city': '{}', 'unmatched=0': '', unmatched: '{} 件还没有对上来电', 'dropped=0': '', dropped: '丢弃 {} 件', units: '{} 个警力', cameras: '{} 个摄像头', 'map markers.set_aside': '{} 条有误未显示',
    } as Record<string, string>,
  },
  keys: {
    title: '全部按键', everywhere: '到处可用', here: '本页',
    board: '看板', ended: '已结束的来电', speech: '识别质量', quality: '研判质量', rules: '规则工坊', health: '运行状况', theme: '深色 / 浅色', language: '中文 / English', help: '显示按键', signOut: '退出登录',
    move: '在来电之间移动', open: '打开', mine: '打开您的来电', search: '查找',
    finish: '办结', disposition: '到处置栏', events: '研判 / 经过', confirm: '确认选中的值', correct: '改选中的值', hear: '听选中的值的原声',
    play: '播放 / 暂停', back: '退 5 秒', pause: '暂停', faster: '播放，再按加快', speed: '0.5 到 4 倍速', jump: '退 / 进 10 秒',
    lead: '以所选位置为准', map: '大地图', copyWgs: '复制坐标', copyGcj: '复制坐标', locate: '再问一次位置', nextFix: '在地图上看下一个说法', zoom: '放大、缩小、全览（地图上）', pan: '移动地图（地图上）',
    reading: '换另一种听法的文字', difference: '下一处不同', days: '近 7 / 30 / 90 天', again: '重新读取',
    esc: '关闭，离开输入',
    space: '空格',
  },
  class: { valid_alarm: '有效警情', non_police: '非警务求助', unsure: '存疑' } satisfies Record<AlarmClass, string>,
  nature: {
    robbery: '抢劫', theft: '盗窃', fraud: '诈骗', fight: '打架斗殴', domestic_violence: '家庭暴力', sexual_offence: '性侵害',
    homicide_threat: '杀人或威胁杀人', kidnapping: '绑架', missing_person: '走失', suicide_risk: '自杀危险', traffic_accident: '交通事故',
    drunk_driving: '酒驾', fire: '火灾', explosion_hazard: '爆炸危险', person_in_danger: '人身遇险', mass_event: '群体性事件',
    gambling_drugs: '赌博毒品', public_disturbance: '扰乱秩序', noise: '噪声扰民', lost_property: '遗失物品', police_complaint: '投诉民警',
    other_crime: '其他违法犯罪', none: '无',
  } satisfies Record<Nature, string>,
  department: {
    labour_bureau: '劳动保障 12333', market_supervision: '市场监管 12315', urban_construction: '城建 12319', legal_service_centre: '法律服务 12348',
    telecommunications_bureau: '通信管理 12300', public_hotline_12345: '政务热线 12345',
  } satisfies Record<Department, string>,
  partner: {
    fire_119: '消防 119', ambulance_120: '急救 120', traffic_122: '交通 122', other_110: '邻市 110',
  } satisfies Record<Partner, string>,
  veto: {
    weapon: '凶器', injury: '受伤', fire: '火或燃气', child: '儿童', suicide: '自杀', confined: '被困', cannot_speak: '不便说话', threat_to_life: '生命威胁',
  } satisfies Record<VetoCode, string>,
  priority: { 1: '有生命危险', 2: '正在发生', 3: '需出警，不急', 4: '无需出警' } satisfies Record<Priority, string>,
  state: {
    SEIZED: '接入', QUEUED: '等待', RINGING: '振铃', ANSWERED: '通话中', HELD: '保持', TRANSFERRING: '转接中', ENDED: '已结束',
  } satisfies Record<CallState, string>,
  endReason: {
    COMPLETED: '正常结束', ABANDONED: '未接即挂', TRANSFERRED: '已转出', FAILED: '接续失败', LOST: '结束未知',
  } satisfies Record<EndReason, string>,
  releaser: { caller: '报警人', call_taker: '接警员', department: '部门', system: '系统' } satisfies Record<Releaser, string>,
  speaker: { caller: '报警人', call_taker: '接警员' } satisfies Record<Speaker, string>,
  source: {
    AMI: 'AMI', text: '短信', ALI: 'ALI', PIDF: 'PIDF', AML: 'AML', HELD: 'HELD', speech: '语音', rules: '规则', history: '历史', person: '人工', shared: '手机共享',
  } satisfies Record<Source, string>,
  field: {
    caller_number: '来电号码', callback_number: '回拨号码', dialed: '拨打', address: '地址', position: '坐标', class: '类别', nature: '警情', priority: '优先',
    department: '部门', partners: '联动', weapon: '凶器', people_injured: '伤者', vehicle: '车辆', plate: '车牌', phone: '电话', loss: '损失', time: '时间',
    name: '姓名', suspect: '嫌疑人', people: '人数', children: '儿童', relationship: '关系', goods: '财物', direction: '去向', language: '语言',
    summary: '摘要', next_question: '下一问',
  } satisfies Record<FieldName, string>,
}

type Widen<T> = T extends string ? string : T extends (...args: infer A) => string ? (...args: A) => string
  : T extends (...args: infer A) => readonly string[] ? (...args: A) => string[] : T extends readonly string[] ? string[] : { [K in keyof T]: Widen<T[K]> }
export type Dictionary = Widen<typeof zh>
