import type { Dictionary } from './zh'

/** The call card in English. */
export const card: Dictionary['card'] = {
  title: 'Call card', actions: 'What can be done',
}
