import type { DraftStatus } from '../api/rules'
import type { Next, Stop } from '../rules/steps'

/** The rule workshop in Chinese. */
export const rules = {
  tree: '规则', find: '查找规则、说法', rule: '规则', counted: (days: number) => `近 ${days} 天响过`, nothingFound: '没有符合的规则。', other: '其他', nobody: '无人受理（打错、试打…）',
  parts: { alarm: '有效警情', civil: '非警务', unsure: '存疑', veto: '否决「非警务」', shared: '共用词语' },
  sharedNames: { words: '词组', harmless: '无害的说法', duties: '部门职责' } as Record<string, string>,
  sharedWhat: { words: '词组：一组说法起一个名字，规则里写 <名字> 就是其中任一个。', harmless: '无害的说法：听到这些词，不当危险（如「火锅」里的火）。', duties: '部门职责：转交时显示在接警单上的依据。' } as Record<string, string>,
  changedMark: '已改', plain: '规则的意思', yaml: '规则原文', pick: '在左边选一条规则。', line: (n: number) => `第 ${n} 行`,
  add: '加一条', write: '改', unsaved: '未保存', locked: '已提交；要改先退回', readOnly: '您可以看，不能改。',
  recalled: '上次没有保存的字还在。', stale: (names: string) => `${names || '别人'}刚改过这里。您写的一个字也没丢，已放在他的新内容之上；请看差异，再保存。`, clash: '两人都改了，现在是您的：',
  check: { checking: '正在检查…', good: '没有错误，例句全部通过', errors: (n: number) => `${n} 处错误，改好才能保存`, unreachable: '检查没有应答，稍后自动再试', elsewhere: (n: number) => `别处还有 ${n} 处` },
  files: {
    title: '规则包的文件', short: '文件', key: '文件：新建、改名、删除', explain: '在这里做的都先不保存；有错会马上标出。否决名单在各自的文件里，动了要两个人批准。', newFile: '新文件', newName: (file: string) => `${file} 改名为`, add: '新建', rename: '改名', remove: '删除', takeBack: '还原', close: '关闭',
    rules: (n: number) => `${n} 条规则`, faults: (n: number) => `${n} 处错误`, mark: { new: '新文件', changed: '已改', removed: '将删除' }, fault: { form: '用小写字母、数字和 . _ -，以 .yaml 结尾；否决名单写 veto/名字.yaml。', taken: '已有这个文件。' },
    added: '新文件', removed: '已删除', renamed: (from: string) => `由 ${from} 改名`,
  },
  evidence: '依据', tabs: { backtest: '回测', diff: '差异', shadow: '试运行', history: '经过' }, larger: '展开', smaller: '收起',
  words: {
    any: (who: string) => `${who}说到其中任一：`, all: (reach: number) => `并且前后 ${reach} 个字内说到其中任一：`, none: (reach: number) => `但前后 ${reach} 个字内没有说到：`, sounds: '或者听起来像（分量最多 0.35）：', when: '并且满足条件：',
    then: '就是', weight: (weight: number, enough: boolean) => `分量 ${weight}：${enough ? '一条就够下结论' : '要和别的规则合在一起才够'}`, kind: '这说明来电是：',
    scopeSaid: '否认、发问、假设、编的话不算；说从前的分量减轻。', scopeCivil: '问的、没办成的也算；编的话不算。', scopeOnly: (ways: string) => `只算这样说的：${ways}。`, scopes: { said: '明说', denied: '否认', asked: '发问', supposed: '假设', past: '从前', hearsay: '转述', invented: '编的' } as Record<string, string>, scopeAny: '不管肯定否定，说到就算。', partners: '联动：', ask: '接着问：', match: (n: number) => `该响的例句（${n}）`, not: (n: number) => `不该响的例句（${n}）`,
    unreadable: '原文还读不成一条规则：先看右边标出的错误。', veto: (name: string) => `听到${name}，就不许判为「非警务」`, vetoTwo: '否决名单关系到人命：改动要两个人批准。', vetoCaller: '报警人说到其中任一（否认的不算）：', vetoAlways: '无论怎样说都算：',
  },
  test: {
    title: '试一试', type: '打字', pick: '选来电', words: '来电人的话', placeholder: '打几句来电人的话，一行一句。以 > 开头的是接警员的话。', empty: '打字或选一通来电，看现在的规则（连同没保存的字）怎么判。',
    activeSays: '正在生效的规则判为', veto: (name: string) => `否决：${name}`, noRule: '没有规则响。', unusable: '规则有错，先改好再试。',
  },
  flip: { hear: '听', corpus: '语料', grave: '警情变成了非警务', worse: '改坏了', better: '改对了', unknown: '没人定过' },
  backtest: {
    running: '正在用存档的来电和语料回测…', failed: '回测没有做成：', noDraft: '看的是正在生效的规则。改一条，存成草稿，就能回测。', none: '还没有回测过：按 Ctrl+Enter 开始。',
    missed: '漏判的警情', missedGood: '没有一起警情会被判为非警务', missedStop: '必须为 0 才能往下走', veto: '否决语料', flipped: '判法变了', agreement: '与真实一致', opinion: '第二意见一同判', caught: (n: number) => `靠它拦下 ${n} 起警情`, noOpinion: '没有，只按规则', looked: '看过', lookedAt: (calls: number, texts: number) => `${calls} 通来电，${texts} 条语料`, speed: '速度', perSecond: (n: number) => `每秒 ${n} 条`,
    stale: '内容或生效规则已变，这次回测不作数。', was: (n: number) => `原 ${n}`, wasShare: (share: string) => `原 ${share}`, moreFlips: (n: number) => `再看 ${n} 条`, matrix: '草稿判（行）与实际（列）；← 后面是生效规则的数', truncated: '存档太多，只看了最近的。', fault: '语料有读不出的行：', vetoList: '否决没有响的句子', vetoCodes: '否决逐类', vetoRule: '每一类都要有句子，一句不漏，也不比生效规则少', coverage: { sentences: '应响的句子', fired: '响了', missed: '没响', active: '生效规则响了' }, flips: (n: number) => `判法变了的 ${n} 条，漏判的在前`, legend: '原判 → 现判 ≠ 实际', noTruth: '这些来电和语料还没有人定过性，只和生效规则比。', noFlips: '没有一条变化。', classes: '类别', natures: '警情', departments: '转交部门',
  },
  diff: { none: '与正在生效的规则一字不差。' },
  shadow: {
    none: '没有试运行。批准后，可让草稿在旁边跟着每通来电判一遍：只计数，不作数。', running: (since: string) => `自 ${since} 起在旁边跟着判，只计数，不影响来电。`, over: '试运行已停。', calls: '来电', same: '判得一样', more: '多判为警情', fewer: '少判为警情', failed: (n: number) => `草稿在 ${n} 通来电上出错`, leftOut: (n: number) => `另有 ${n} 通没有比（来电太多时先让真的判）。`, matrix: '生效规则与草稿', matrixCaption: '生效规则判（行）与草稿判（列）',
  },
  history: {
    none: '还没有记录。', at: '时间', step: '步骤', by: '谁', what: '说明', pack: '规则包', gateway: '网关', tested: (missed: number, quiet: number, flipped: number) => `漏判 ${missed}，否决没响 ${quiet}，变化 ${flipped}`,
    steps: {
      PackSeeded: '首次装入', OpenDraft: '建草稿', EditDraft: '改草稿', WithdrawDraft: '撤回草稿', StartBackTest: '开始回测', BackTested: '回测完成', BackTestFailed: '回测未成', SubmitDraft: '提交复核', ApproveDraft: '批准',
      SendBackDraft: '退回', StartShadow: '开始试运行', StopShadow: '停止试运行', ActivateDraft: '生效', RollBack: '回退', PackFailed: '规则包不能用', OpinionSeeded: '装入第二意见', InstallOpinion: '换第二意见',
    } as Record<string, string>,
  },
  steps: {
    which: '看哪一份', activePack: (version: string) => `正在生效 ${version}`, draftOf: (note: string) => note || '草稿', version: (n: number) => `第 ${n} 版`, newDraft: '存为草稿', onward: '往下一步', wayLabel: '一次改动的路',
    status: { editing: '在改', submitted: '待批准', sent_back: '被退回', approved: '已批准', shadow: '试运行' } satisfies Record<DraftStatus, string>,
    stop: { draft: '草稿', test: '回测', approve: '批准', shadow: '试运行', active: '生效' } satisfies Record<Stop['key'], string>,
    state: { done: '：已完成', now: '：正在这一步', ahead: '：还没到', bad: '：没有通过' } satisfies Record<Stop['state'], string>,
    next: { save: '保存', test: '回测', take_over: '并入生效规则', submit: '提交复核', approve: '批准', shadow: '开始试运行', activate: '生效' } satisfies Record<Exclude<Next, null>, string>,
    waits: {
      errors: '有错误，改好才能保存', unchanged: '和生效的一样，先改点什么', already_testing: '正在回测…', missed_alarms: '会漏判警情：先改规则', veto_uncovered: '否决语料没有全响：先改名单', stale_base: '生效规则已变：由作者并入', own_draft: '等另一个人批准',
      already_approved: '您已批准，等另一个人', forbidden: '这一步要有权限的人来做', shadow_taken: '另一份草稿正在试运行', not_tested: '先回测', not_approved: '还没有批准', wrong_status: '现在不能这样做',
    } as Record<string, string>,
    noteLabel: '这次改什么、为什么（一句话）', whyNoShadow: '为什么不试运行就生效', whyRollBack: '为什么回退（可不填）', whySendBack: '要作者改什么',
    rollBack: (version: string) => `回退到${version}`, rollBackAct: '回退', rollBackKey: '回退到上一版', sendBack: '退回给作者', sendBackShort: '退回', hurryShort: '直接生效', stopShort: '停止', withdraw: '撤回草稿', stopShadow: '停止试运行', activateNow: '不试运行直接生效', discard: '丢掉没保存的字',
    sentBackBy: '被退回：', vetoTouched: '这份草稿动了否决名单：要两个人批准，且都不是作者。',
    happens: {
      newDraft: ['您的改动存成一份草稿，别人也看得到。', '来电仍按正在生效的规则判，什么都不变。'],
      takeOver: ['生效的规则在这份草稿之后变了：把新的并进来，您改的仍以您的为准。', '之后要重新回测。来电仍按正在生效的规则判。'],
      submit: (people: number) => [`交给作者以外的 ${people} 个人批准。`, '提交后不能再改；要改由批准人退回。', '来电仍按正在生效的规则判。'],
      approve: (people: number, authors: string) => [`您读过差异和回测，为它负责。作者：${authors}。`, people > 1 ? '动了否决名单：还要另一个人也批准。' : '批准后可以试运行。', '来电仍按正在生效的规则判。'],
      shadow: ['草稿在旁边跟着每通来电判一遍，只计数。', '接警单和转派不受影响。', '同一时间只有一份草稿试运行。'],
      activate: (version: string) => ['从下一句话起，所有来电都按它判；正在进行的来电马上重判。', '不用重启，电话不断。', `${version}留着，按 ⇧Z 随时回退。`],
      rollBack: (from: string, to: string) => [`${from}马上不再使用，所有来电按${to}判；正在进行的来电马上重判。`, '不用重启，电话不断。草稿都还在。', '记入日志：谁、何时、为什么。'],
      sendBack: ['回到作者手里，已有的批准作废；正在试运行的停下。', '来电仍按正在生效的规则判。'],
      withdraw: (note: string) => [`「${note}」从草稿里拿掉，不再往下走。`, '内容和经过都还存着，没有东西被删。'],
      discard: (files: string[]) => [`没保存的字会丢掉：${files.join('、')}。`, '已保存的草稿不变。'],
    },
  },
  keys: {
    write: '改规则原文', nextFault: '下一处错误', find: '查找规则', move: '上一条 / 下一条规则', test: '打字试一试', pickCall: '选一通来电试', flips: '上一条 / 下一条变化', hear: '听选中的来电', tabs: '回测 / 差异 / 试运行 / 经过', size: '依据展开 / 收起', add: '加一条规则', elsewhere: '到别处的错误', drafts: '选草稿或生效规则',
  },
}
