/** One line of a comparison; numbers count from 1 in the old and the new text, null where it is not in it. */
export interface Line {
  kind: 'same' | 'gone' | 'new'
  text: string
  old: number | null
  new: number | null
}

/** Lines of context around a change. */
const AROUND = 3
/** Beyond so many comparisons the changed middle is shown as a whole, old then new. */
const LIMIT = 4_000_000

/** What changed line by line; `null` stands for unchanged lines left out. */
export function compare(before: string, after: string): (Line | null)[] {
  return folded(lines(before.split('\n'), after.split('\n')))
}

function lines(a: string[], b: string[]): Line[] {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const same = (i: number, j: number): Line => ({ kind: 'same', text: a[i]!, old: i + 1, new: j + 1 })
  const result: Line[] = []
  for (let i = 0; i < head; i++) result.push(same(i, i))
  result.push(...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail), head))
  for (let i = tail; i > 0; i--) result.push(same(a.length - i, b.length - i))
  return result
}

/** The longest common run of lines, by the usual table. */
function middle(a: string[], b: string[], from: number): Line[] {
  const gone = (i: number): Line => ({ kind: 'gone', text: a[i]!, old: from + i + 1, new: null })
  const added = (j: number): Line => ({ kind: 'new', text: b[j]!, old: null, new: from + j + 1 })
  if (a.length * b.length > LIMIT) return [...a.map((_, i) => gone(i)), ...b.map((_, j) => added(j))]
  const width = b.length + 1
  const longest = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] = a[i] === b[j] ? longest[(i + 1) * width + j + 1]! + 1 : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!)
    }
  }
  const result: Line[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) result.push({ kind: 'same', text: a[i]!, old: from + ++i, new: from + ++j })
    else if (j >= b.length || (i < a.length && longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)) result.push(gone(i++))
    else result.push(added(j++))
  }
  return result
}

function folded(all: Line[]): (Line | null)[] {
  const near = new Set<number>()
  all.forEach((line, i) => {
    if (line.kind !== 'same') for (let k = i - AROUND; k <= i + AROUND; k++) near.add(k)
  })
  const shown: (Line | null)[] = []
  all.forEach((line, i) => {
    if (near.has(i)) shown.push(line)
    else if (shown.at(-1) !== null) shown.push(null)
  })
  return shown.length === 1 && shown[0] === null ? [] : shown
}
