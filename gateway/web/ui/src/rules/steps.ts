import type { Draft, Pack, RequestType, Rulebook, VetoCoverage } from '../api/rules'

/** The step that a change is to take next. */
export type Next = 'save' | 'test' | 'take_over' | 'submit' | 'approve' | 'shadow' | 'activate' | null

/** Why it cannot be taken just now: what the gateway would answer, or what the page knows itself. */
export interface Going {
  next: Next
  waits: string | null
}

const REQUEST: Record<Exclude<Next, null | 'save' | 'take_over'>, RequestType> = {
  test: 'StartBackTest', submit: 'SubmitDraft', approve: 'ApproveDraft', shadow: 'StartShadow', activate: 'ActivateDraft',
}
/** The page asks for a reason or shows what is lacking; these refusals do not hinder the step itself. */
const ASKED_FOR = new Set(['no_shadow', 'reason_needed'])

export const refusalOf = (draft: Draft, type: RequestType): string | null => draft.ways.find((way) => way.type === type)?.refused ?? null
export const mayDo = (draft: Draft | null, type: RequestType): boolean => !!draft && refusalOf(draft, type) === null
export const isOpen = (draft: Draft): boolean => draft.status === 'editing' || draft.status === 'sent_back'

/** A veto code that hears less than it must; of one without a sentence nobody knows. */
export const falls = (one: VetoCoverage): boolean => !one.sentences || one.missed > 0 || one.fired < one.active
export const passes = (draft: Draft): boolean => !!draft.test && !draft.test.missed && draft.test.veto_codes.length > 0 && !draft.test.veto_codes.some(falls)

/** What comes next, as the gateway itself would judge the request. */
export function nextStep(draft: Draft | null, mayEdit: boolean, unsaved: boolean, errors: number): Going {
  if (unsaved) {
    if (errors) return { next: null, waits: 'errors' }
    return mayEdit ? { next: 'save', waits: null } : { next: null, waits: 'forbidden' }
  }
  if (!draft) return { next: null, waits: null }
  if (draft.testing) return { next: null, waits: 'already_testing' }
  if (draft.stale) return mayDo(draft, 'EditDraft') ? { next: 'take_over', waits: null } : { next: null, waits: 'stale_base' }
  if (isOpen(draft) && refusalOf(draft, 'SubmitDraft') === 'unchanged') return { next: null, waits: 'unchanged' }
  const next = !draft.test?.valid ? 'test' : isOpen(draft) ? 'submit' : draft.status === 'submitted' ? 'approve' : draft.status === 'approved' ? 'shadow' : 'activate'
  const refused = refusalOf(draft, REQUEST[next])
  return refused === null || ASKED_FOR.has(refused) ? { next, waits: null } : { next: null, waits: next === 'approve' && refused === 'forbidden' ? 'own_draft' : refused }
}

/** The five steps as a line: how far a draft is, with who and when. */
export interface Stop {
  key: 'draft' | 'test' | 'approve' | 'shadow' | 'active'
  state: 'done' | 'now' | 'ahead' | 'bad'
  by: string
  at: string | null
}

const names = (of: { by: string }[]) => of.map((one) => one.by).join('、')

/** The way that the active pack came, or that a draft goes. */
export function stopsOf(draft: Draft | null, book: Rulebook): Stop[] {
  return draft ? stopsOfDraft(draft) : stopsOfPack(book.active)
}

function stopsOfPack(pack: Pack | null): Stop[] {
  const came = pack?.draft_id ? 'done' : 'ahead'
  return [
    { key: 'draft', state: came, by: pack?.authors.join('、') ?? '', at: null }, { key: 'test', state: came, by: '', at: null },
    { key: 'approve', state: came, by: names(pack?.approvals ?? []), at: pack?.approvals.at(-1)?.at ?? null },
    { key: 'shadow', state: came, by: '', at: null }, { key: 'active', state: 'done', by: pack?.by ?? '', at: pack?.at ?? null },
  ]
}

function stopsOfDraft(draft: Draft): Stop[] {
  const valid = draft.test?.valid ? draft.test : null
  const approved = draft.status === 'approved' || draft.status === 'shadow'
  const tested = valid ? (passes(draft) ? 'done' : 'bad') : draft.test_fault ? 'bad' : 'now'
  return [
    { key: 'draft', state: draft.status === 'sent_back' ? 'bad' : 'done', by: draft.authors.join('、'), at: draft.changed_at },
    { key: 'test', state: tested, by: valid?.by ?? '', at: valid?.at ?? null },
    { key: 'approve', state: approved ? 'done' : draft.status === 'submitted' ? 'now' : 'ahead', by: names(draft.approvals), at: draft.approvals.at(-1)?.at ?? null },
    { key: 'shadow', state: draft.status === 'shadow' ? 'now' : draft.shadow_since ? 'done' : 'ahead', by: '', at: draft.shadow_since },
    { key: 'active', state: 'ahead', by: '', at: null },
  ]
}
