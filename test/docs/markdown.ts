import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { packageRoot } from '../../src/package-root.ts'

/** A fenced block of a page. */
export interface Block {
  page: string
  /** Line of its fence. */
  line: number
  /** What stands behind the fence: sh, ts, js, sql, json, python, text for what a command prints, or nothing. */
  language: string
  text: string
  /** Nothing stands between it and the block before. */
  follows: boolean
}

const apart = new Set(['node_modules', 'dist', 'shared'])

/** Every Markdown page of the checkout, relative to it. */
export const pages: readonly string[] = markdownIn(packageRoot()).toSorted()

export function readPage(page: string): string {
  return readFileSync(join(packageRoot(), page), 'utf8')
}

/** Blocks of some languages on all pages. */
export function blocksOf(...languages: readonly string[]): Block[] {
  return pages.flatMap(blocksOn).filter(({ language }) => languages.includes(language))
}

export function blocksOn(page: string): Block[] {
  const blocks: Block[] = []
  let open: Block | null = null
  let follows = false
  for (const [index, line] of readPage(page).split('\n').entries()) {
    if (open === null && line.startsWith('```')) {
      open = { page, line: index + 1, language: line.slice(3).trim(), text: '', follows }
      follows = true
    } else if (open !== null && line === '```') {
      blocks.push(open)
      open = null
    } else if (open !== null) open.text += `${line}\n`
    else if (line !== '') follows = false
  }
  if (open !== null) throw new Error(`${page}:${open.line} opens a block that nobody closes.`)
  return blocks
}

/** A page without its blocks. */
export function proseOf(page: string): string {
  return readPage(page).replace(/^```[\s\S]*?^```$/gm, '')
}

/** The file that a block is, if its first line says so: `// shop.mjs`. */
export function fileNameOf({ text }: Block): string | null {
  return /^(?:\/\/|#) ([\w.-]+\.\w+)$/m.exec(text.split('\n', 1)[0]!)?.[1] ?? null
}

function markdownIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (entry.name.startsWith('.') || apart.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return markdownIn(path)
    return entry.name.endsWith('.md') ? [relative(packageRoot(), path)] : []
  })
}
