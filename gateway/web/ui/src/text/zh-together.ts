import type { FactKind, IncidentStep } from '../api/together'

/** Repeat callers, incidents, surge and floods, in Chinese. */
export const together = {
  title: '可能是同一事件', incidents: '事件', incident: '事件', untitled: '未命名事件', likely: '很可能是同一起', advice: '机器只建议，由人关联。',
  link: '关联', join: '并入其事件', unlink: '取消关联', open: '打开事件', next: '下一条建议', seen: '新情况已知', linked: '已关联。', unlinked: '已取消关联，历史保留。',
  mergeThere: '两通来电各有事件：请在事件页合并。', calls: (n: number) => `${n} 通来电`, surge: '大量来电', newFact: '新情况：', otherCall: '另一通来电',
  verySame: (n: number) => `很可能是同一事件（已有 ${n} 通）：请直接问有什么新情况`,
  repeat: (n: number) => `第 ${n + 1} 次来电`, abandoned: (n: number) => `${n} 次未接即挂`, violence: (n: number) => `家庭暴力 ${n} 次`,
  unsuspect: '不是骚扰',
  fact: {
    injury: '有人受伤', weapon: '凶器', fire: '火或燃气', threat_to_life: '生命威胁', confined: '有人被困', child: '涉及儿童', suicide: '自杀危险', plate: '车牌', suspect: '嫌疑人', direction: '去向',
  } satisfies Record<FactKind, string>,
  page: {
    list: '事件', empty: '没有事件。接警员在来电上按“关联”，事件就出现在这里。', all: '含已结束的', open: '进行中', title: '标题', name: '命名', save: '保存', merge: '并入…', mergeInto: '并入哪个事件', none: '没有其他事件可并入。', doMerge: '合并',
    calls: '来电', timeline: '时间线', facts: '已知情况', history: '操作记录', map: '位置', noPlaces: '这些来电没有位置，或您的角色不看位置。', noFacts: '还没有需要互通的新情况。', unlinkThis: '取消这通', score: '相似', by: '关联人', said: '说的人', heard: '听到', call: (n: number) => `来电 ${n}`, entered: (who: string) => `${who} 填写`,
    merged: '已并入另一事件：', dissolved: '已解散，来电各自独立。', since: (when: string) => `自 ${when}`, surge: (n: number, span: string) => `大量来电：最近 ${span} ${n} 通`, unlinked: (n: number) => `另有 ${n} 通很可能相同，尚未关联`, rings: '来电', answered: '接听', ended: '结束', move: '在来电之间移动', rename: '改标题', metres: (n: number) => `${n} 米`,
    step: { linked: '关联', unlinked: '取消关联', titled: '命名', merged: '合并', dissolved: '解散' } satisfies Record<IncidentStep, string>,
  },
  flood: {
    title: '疑似恶意占线', figures: (calls: number, numbers: number, minute: number) => `${calls} 通 · ${numbers} 个号码 · 每分钟 ${minute}`, done: '这些来电靠后接听，一个也不丢弃；说到危险立即恢复。', seats: (n: number) => `请为未受怀疑的来电留 ${n} 个席位。`,
    suspected: (n: number) => `${n} 通在线`, ranked: '话务交换机已按此排队。', beyond: (n: number) => `另有 ${n} 处`, mark: '疑似占线', evidence: '取证：intake110 flood pack',
  },
  tile: { incident: '已关联', likely: (n: number) => `可能同事件 ${n}` },
}
