// A pack's file as people see it: rules that stand one under another, and what stands beside them. Lines count from 0.

/** What a block is: a rule, a whole veto list, or another part of a file (words, harmless, duties). */
export type BlockKind = 'rule' | 'veto' | 'part'

export interface Block {
  file: string
  kind: BlockKind
  /** The rule's id, the veto's code, or the part's key. */
  id: string
  start: number
  /** The line behind the last one. */
  end: number
  class: string
  nature: string
  department: string
  findingKind: string
  explanation_zh: string
  explanation_en: string
}

const RULE = /^(\s*)- id:\s*["']?([^\s"'#]+)/
const KEY = /^([a-z_]+):/
export const isVeto = (file: string): boolean => file.startsWith('veto/')

/** Every block of a file, in order. Text that is no valid YAML still has the blocks that can be seen in it. */
export function blocksOf(file: string, text: string): Block[] {
  const lines = text.split('\n')
  if (isVeto(file)) {
    const code = lines.map((line) => /^code:\s*(\S+)/.exec(line)?.[1]).find(Boolean) ?? file.replace(/^veto\/|\.yaml$/g, '')
    return [{ ...EMPTY, file, kind: 'veto', id: code, start: 0, end: trimmedEnd(lines, 0, lines.length) }]
  }
  const starts: { id: string; start: number; kind: BlockKind }[] = []
  lines.forEach((line, i) => {
    const rule = RULE.exec(line)
    const key = KEY.exec(line)
    if (rule?.[2]) starts.push({ id: rule[2], start: i, kind: 'rule' })
    else if (key?.[1]) starts.push({ id: key[1], start: i, kind: 'part' })
  })
  return starts.map((one, n) => {
    const end = trimmedEnd(lines, one.start, starts[n + 1]?.start ?? lines.length)
    return { ...EMPTY, ...(one.kind === 'rule' ? told(lines.slice(one.start, end)) : {}), file, ...one, end }
  }).filter((block) => block.kind !== 'part' || block.id !== 'rules' || block.end > block.start + 1)
}

const EMPTY = { class: '', nature: '', department: '', findingKind: '', explanation_zh: '', explanation_en: '' }

/** Comments and empty lines before the next block belong to that one. */
function trimmedEnd(lines: string[], start: number, end: number): number {
  while (end > start + 1 && /^\s*(#.*)?$/.test(lines[end - 1] ?? '')) end--
  return end
}

/** What the tree needs of a rule, read by its keys alone so that half-written YAML still shows. */
function told(lines: string[]): Partial<Block> {
  const value = (key: RegExp) => lines.map((line) => key.exec(line)?.[1]).find((found) => found !== undefined)?.replace(/^["']|["']$/g, '') ?? ''
  const from = lines.findIndex((line) => /^\s+explanation:/.test(line))
  const inline = /\{\s*zh:\s*(.*?),\s*en:\s*(.*?)\s*\}/.exec(lines[from] ?? '')
  const under = (language: string) => new RegExp(`^\\s+${language}:\\s*(.+)$`).exec(lines.slice(from + 1, from + 3).find((line) => line.trim().startsWith(`${language}:`)) ?? '')?.[1] ?? ''
  const bare = (said: string) => said.trim().replace(/^(["'])(.*)\1$/, '$2')
  return {
    class: value(/^\s+class:\s*(\S+)/), nature: value(/^\s+nature:\s*(\S+)/), department: value(/^\s+department:\s*(\S+)/), findingKind: value(/^\s+kind:\s*(\S+)/),
    explanation_zh: from < 0 ? '' : bare(inline?.[1] ?? under('zh')), explanation_en: from < 0 ? '' : bare(inline?.[2] ?? under('en')),
  }
}

export const linesOf = (text: string, block: { start: number; end: number }): string => text.split('\n').slice(block.start, block.end).join('\n')

/** The file with other lines in the place of `block`. */
export function withLines(text: string, block: { start: number; end: number }, put: string): string {
  const lines = text.split('\n')
  return [...lines.slice(0, block.start), ...put.split('\n'), ...lines.slice(block.end)].join('\n')
}

/** A rule to begin with, in the file's own indentation; its examples fail until somebody writes words. */
export function newRule(id: string): string {
  return [
    `  - id: ${id}`, '    class: valid_alarm', '    nature: theft', '    priority: 3', '    any:', '      - ', '    explanation:', '      zh: ', '      en: ',
    '    examples:', '      match: []', '      not: []',
  ].join('\n')
}
