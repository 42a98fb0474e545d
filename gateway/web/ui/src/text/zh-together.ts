import type { FactKind, FloodKind, FloodLimits, IncidentStep, RankedBy, Stands } from '../api/together'

/** Repeat callers, incidents, surge and floods, in Chinese. */
export const together = {
  title: '可能是同一事件', own: '已关联事件', incidents: '事件', incident: '事件', untitled: '未命名事件', likely: '很可能是同一起', advice: '机器只建议，由人关联。',
  link: '关联', join: '并入其事件', unlink: '取消关联', open: '打开事件', next: '下一条建议', seen: '新情况已知', linked: '已关联。', unlinked: '已取消关联，历史保留。',
  mergeThere: '两通来电各有事件：请在事件页合并。', calls: (n: number) => `${n} 通来电`, surge: '大量来电', newFact: '新情况：', otherCall: '另一通来电',
  verySame: (n: number) => `很可能是同一事件（已有 ${n} 通）：请直接问有什么新情况`,
  repeat: (n: number) => `第 ${n + 1} 次来电`, abandoned: (n: number) => `${n} 次未接即挂`, violence: (n: number) => `家庭暴力 ${n} 次`,
  unsuspect: '不是骚扰',
  fact: {
    injury: '有人受伤', weapon: '凶器', fire: '火或燃气', threat_to_life: '生命威胁', confined: '有人被困', child: '涉及儿童', suicide: '自杀危险', plate: '车牌', suspect: '嫌疑人', direction: '去向',
  } satisfies Record<FactKind, string>,
  page: {
    list: '事件', touched: '最近变化', empty: '没有事件。接警员在来电上按“关联”，事件就出现在这里。', all: '含已结束的', open: '进行中', title: '标题', name: '命名', save: '保存', merge: '并入…', mergeInto: '并入哪个事件', none: '没有其他事件可并入。', doMerge: '合并',
    calls: '来电', timeline: '时间线', facts: '已知情况', history: '操作记录', map: '位置', noPlaces: '这些来电没有位置，或您的角色不看位置。', noFacts: '还没有需要互通的新情况。', unlinkThis: '取消这通', score: '相似', by: '关联人', said: '说的人', heard: '听到', call: (n: number) => `来电 ${n}`, enteredBy: '填写', toMap: '到地图（方向键移动）', isNew: '新', words: (n: number) => `来电 ${n} 说了什么`, noWords: '这通来电还没有文字。', placed: (n: number, all: number) => `${all} 通来电中 ${n} 通有位置`,
    merged: '已并入另一事件：', dissolved: '已解散，来电各自独立。', since: (when: string) => `自 ${when}`, surge: (n: number, span: string) => `大量来电：最近 ${span} ${n} 通`, unlinked: (n: number) => `另有 ${n} 通很可能相同，尚未关联`, rings: '来电', answered: '接听', ended: '结束', move: '在来电之间移动', rename: '改标题', metres: (n: number) => `${n} 米`,
    step: { linked: '关联', unlinked: '取消关联', titled: '命名', merged: '合并', dissolved: '解散' } satisfies Record<IncidentStep, string>,
  },
  flood: {
    title: '疑似恶意占线', figures: (calls: number, numbers: number, minute: number) => `${calls} 通 · ${numbers} 个号码 · 每分钟 ${minute}`, done: '一个也不丢弃；说到危险立即恢复。', seats: (n: number) => `请为未受怀疑的来电留 ${n} 个席位。`,
    suspected: (n: number) => `${n} 通在线`, beyond: (n: number) => `另有 ${n} 处`, mark: '疑似占线',
  },
  shield: {
    title: '占线防护', suspected: '疑似来电在线', floods: '正在占线', reserved: '空闲席位 / 应留', now: '正在发生', quiet: '现在没有占线。', since: '自', over: '已停', who: '谁被疑似，现在排在哪里', ranked: '按什么排', calls: '通', numbers: '号码', live: '在线', last: '最近', none: '没有疑似来电。',
    promise: '一个来电也不丢弃：疑似的仍由人接，说到危险立即恢复，接警员可按 ⇧H 解除。', byPbx: '反复拨打的号码，话务交换机让别的来电先接。', byMark: '话务交换机不改排队，疑似的来电只作标记。',
    nothing: '没有占线。反复响一声就挂、同一号码反复拨打、号段轮番拨打时，这里会按次数排出号码、号段、中继和来源。',
    source: (of: FloodLimits) => `现在的标准：同一号码 ${of.one_ring_within_s / 60} 分钟内响不到 ${of.one_ring_s} 秒就挂 ${of.one_ring_calls} 次，或 ${of.same_number_within_s / 60} 分钟内拨 ${of.same_number_calls} 次。`,
    by: { number: '号码', range: '号段', trunk: '中继', source: '来源' } satisfies Record<RankedBy, string>,
    span: (hours: number) => `近 ${hours} 小时`, chart: (key: string, most: number) => `${key}：最多的一段 ${most} 通`, beyond: (n: number) => `另有 ${n} 个，次数更少。`, partly: '来电太多，只算了最新的一部分；证据包里是全部。', nth: (n: number) => `（${n} 次）`,
    pack: (hours: number) => `证据包（近 ${hours} 小时）`,
    stands: { behind: '排在其他来电之后', turn: '照常排队，只作标记', talking: '有人在接', over: '已结束', cleared: '已解除' } satisfies Record<Stands, string>,
    behind: '话务交换机让别的来电先接，等满时限后排到最前。',
    marked: { one_ring: '只作标记，照常排队。', same_number: '只作标记，照常排队。', prefix: '号段里可能有真的求助：只作标记，照常排队。', source: '同一来源可能有真的求助：只作标记，照常排队。', trunk: '同一中继可能有真的求助：只作标记，照常排队。' } satisfies Record<FloodKind, string>,
    why: {
      one_ring: (of: FloodLimits) => `${of.one_ring_within_s / 60} 分钟内响不到 ${of.one_ring_s} 秒就挂，已到 ${of.one_ring_calls} 次。`, same_number: (of: FloodLimits) => `${of.same_number_within_s / 60} 分钟内同一号码已到 ${of.same_number_calls} 次。`,
      prefix: (of: FloodLimits) => `${of.range_within_s} 秒内后四位不同的号码已到 ${of.range_numbers} 个，多数秒挂。`, source: (of: FloodLimits) => `${of.source_within_s} 秒内同一来源已到 ${of.source_calls} 通，多数秒挂。`, trunk: (of: FloodLimits) => `${of.source_within_s} 秒内同一中继已到 ${of.source_calls} 通，多数秒挂。`,
    } satisfies Record<FloodKind, (of: FloodLimits) => string>,
    rule: (s: number) => `从不疑似：有家暴、绑架、自杀、性侵来电记录的号码，说到危险的，等了 ${s} 秒以上没人接的，接警员解除的。`,
  },
  tile: { incident: '已关联', likely: (n: number) => `可能同事件 ${n}` },
}
