// Whole files of the shown pack, put in, taken out and named otherwise: unsaved like words, and checked like them.

import { blocksOf, isVeto, newRule } from '../rules/blocks'
import { blocks, choose, chosen, files, shop, textOf, wrote } from './workshop'

/** What the gateway takes as the name of a file. */
const NAME = /^(veto\/)?[a-z0-9][a-z0-9_.-]{0,79}\.yaml$/
export type NameFault = 'form' | 'taken' | null

export const withEnding = (name: string): string => (/\.yaml$/.test(name) ? name : `${name}.yaml`)
export const nameFault = (name: string): NameFault => (!NAME.test(name) ? 'form' : files.value.includes(name) ? 'taken' : null)
/** What became of a file since the server's content. */
export const markOf = (file: string): 'new' | 'changed' | 'removed' | '' => {
  const mine = shop.mine[file]
  if (mine === undefined || mine === (shop.base[file] ?? null)) return ''
  return mine === null ? 'removed' : file in shop.base ? 'changed' : 'new'
}

/** Something to begin with. It has errors until somebody writes words: nothing empty is saved. */
function begun(file: string): string {
  const name = file.replace(/^veto\/|\.yaml$/g, '')
  if (isVeto(file)) return `code: ${name}\ncaller:\n  - \nexamples:\n  must: []\n  must_not: []\n`
  return `rules:\n${newRule(`${name.replace(/[^a-z0-9]+/g, '.')}.first`)}\n`
}

export function addFile(file: string): void {
  shop.mine[file] = begun(file)
  wrote()
  choose(blocksOf(file, textOf(file)).at(-1) ?? null)
}

export function removeFile(file: string): void {
  if (file in shop.base) shop.mine[file] = null
  else delete shop.mine[file]
  if (shop.place?.file === file) choose(blocks.value[0] ?? null)
  wrote()
}

export function renameFile(file: string, to: string): void {
  const at = chosen.value?.file === file ? chosen.value.id : null
  shop.mine[to] = textOf(file)
  removeFile(file)
  if (at) choose(blocks.value.find((block) => block.file === to && block.id === at) ?? null)
}

/** The file as the server holds it. */
export function takeBack(file: string): void {
  delete shop.mine[file]
  if (shop.place?.file === file && !chosen.value) choose(blocks.value.find((block) => block.file === file) ?? blocks.value[0] ?? null)
  wrote()
}
