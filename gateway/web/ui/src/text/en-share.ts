import type { Dictionary } from './zh'
import { some } from './plural'

/** The link that a caller is sent, in English. */
export const share: Dictionary['share'] = {
  title: 'Shared by the caller', send: 'Send link', revoke: 'Revoke link', revoked: 'The link is revoked.', view: 'View pictures', sent: 'The link is being sent.',
  missing: { no_sender: 'No sender of texts is configured ([texts.sender]): no link can be sent.', no_page: 'No page for callers is configured ([texts.share]): no link can be sent.', no_number: 'The number is not known: no link can be sent.' },
  ask: (number) => `Send a link to ${number}?`, explain: 'On it the caller can share position, text and pictures. One phone opens it, once, for a limited time.',
  doubts: { betrays: 'A ringing phone may give this caller away.', withheld: 'The caller withheld the number.', landline: 'This does not look like a mobile: the text may not arrive.' },
  again: 'The link before it stops working.', sure: 'Send all the same', left: (n) => `${n} more in this call`,
  state: { asked: 'being sent', sent: 'sent', unsent: 'not sent', unknown: 'perhaps sent; may be sent again', opened: 'opened', expired: 'expired', revoked: 'revoked' },
  delivery: { delivered: 'delivered', failed: 'not delivered', expired: 'not delivered' },
  until: (time) => `valid until ${time}`, by: (who, time) => `${who} ${time}`,
  texts: (n) => `texts ${n}`, positions: (n) => `positions ${n}`, pictures: (n) => `pictures ${n}`,
  locked: 'not opened', seen: (who) => `seen by ${who}`, unseen: 'seen by nobody yet', take: 'Use the place in the picture', taken: 'The place in the picture is used.', original: 'Original', size: (kb) => `${kb} KB`,
  purpose: 'Why do you look at the pictures?', purposeExplain: 'Each viewing is logged: who, when, why, which.', purposes: ['Handling this call', 'Checking place and course', 'Evidence for a case', 'Quality check'], open: 'Open', close: 'Close', nth: (n, of) => `Picture ${n} of ${of}`,
  wrote: 'written', mark: 'shared', markPictures: (n) => some(n, 'picture'),
}
