import type { Files, Written } from '../api/rules'
import { blocksOf, linesOf, withLines, type Block } from './blocks'

/** What came of laying my text over another person's: all of mine stands; `clash` names what both changed. */
export interface Merged {
  files: Written
  clash: string[]
}

/** My changes since `from` laid over `theirs`, rule by rule. Where both changed one rule mine stands and it is named. */
export function layOver(from: Files, mine: Written, theirs: Files): Merged {
  const files: Written = {}
  const clash: string[] = []
  for (const [file, text] of Object.entries(mine)) {
    const [was, now] = [from[file] ?? '', theirs[file] ?? '']
    if (text === null) {
      if (file in theirs) files[file] = null
      if (now && now !== was) clash.push(file)
      continue
    }
    if (text === was) continue
    if (now === was || !now) {
      files[file] = text
      if (now !== was) clash.push(file)
      continue
    }
    const merged = layFile(file, was, text, now)
    files[file] = merged.text
    clash.push(...merged.clash)
  }
  return { files, clash }
}

function layFile(file: string, was: string, mine: string, theirs: string): { text: string; clash: string[] } {
  const clash: string[] = []
  const before = byId(file, was)
  const own = byId(file, mine)
  let text = theirs
  const find = (id: string) => byId(file, text).get(id)
  let last: string | null = null
  for (const [id, block] of own) {
    const written = linesOf(mine, block)
    const old = before.get(id)
    const there = find(id)
    if (!old || linesOf(was, old) !== written) {
      if (there && old && linesOf(text, there) !== linesOf(was, old)) clash.push(id)
      if (there) text = withLines(text, there, written)
      else text = insertAfter(text, last ? find(last) : undefined, written)
      if (!there && old) clash.push(id)
    }
    last = id
  }
  for (const [id, old] of before) {
    const there = own.has(id) ? undefined : find(id)
    if (!there) continue
    if (linesOf(text, there) === linesOf(was, old)) text = without(text, there)
    else clash.push(id)
  }
  return { text, clash }
}

const byId = (file: string, text: string) => new Map(blocksOf(file, text).filter((block) => block.kind !== 'part' || block.id !== 'rules').map((block) => [block.id, block]))

function insertAfter(text: string, block: Block | undefined, written: string): string {
  if (!block) return `${text.replace(/\n*$/, '')}\n${written}\n`
  return withLines(text, { start: block.end, end: block.end }, written)
}

function without(text: string, block: Block): string {
  const lines = text.split('\n')
  return [...lines.slice(0, block.start), ...lines.slice(block.end)].join('\n')
}
