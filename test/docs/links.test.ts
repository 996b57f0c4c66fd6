import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { pages, proseOf, readPage } from './markdown.ts'

const root = packageRoot()
const inRoot = (path: string) => existsSync(join(root, path))

/** Anchors of a page as GitHub makes them: lower case, no punctuation, dashes for spaces. */
function anchorsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test.each(pages)('%s links to what is there', page => {
  const wrong: string[] = []
  for (const [, target] of proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^(https?|mailto):/.test(target!)) continue
    const [path, anchor] = target!.split('#') as [string, string?]
    const linked = path === '' ? page : join(dirname(page), path)
    if (!inRoot(linked)) wrong.push(target!)
    else if (anchor !== undefined && !anchorsOf(linked).includes(anchor)) wrong.push(target!)
  }
  expect(wrong).toEqual([])
})

test.each(pages)('%s names paths of this checkout that are there', page => {
  const named = [...proseOf(page).matchAll(/`([\w./-]+)`/g)].map(([, path]) => path!)
  const paths = named.filter(path => /^(src|test|docs|bench|pipelines|schemas|infra|examples|findings)\//.test(path))
  // In the architecture a folder of `src` is named by itself.
  expect(paths.filter(path => !inRoot(path) && !inRoot(join('src', path)))).toEqual([])
})

test.each(['src', 'pipelines', 'bench', 'schemas', 'infra', 'examples', 'test'])(
  '%s names pages that are there',
  folder => {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    const named = files
      .filter(file => /\.(ts|mjs|avsc)$/.test(file) && !file.includes('node_modules'))
      .flatMap(file => readFileSync(join(root, folder, file), 'utf8').match(/\bdocs\/[\w./-]+\.md\b/g) ?? [])
    expect(named.filter(page => !inRoot(page))).toEqual([])
  },
)

test('every page of docs can be reached from the map', () => {
  const reached = new Set<string>()
  const visit = (page: string) => {
    if (reached.has(page)) return
    reached.add(page)
    for (const [, target] of readPage(page).matchAll(/\]\(([^)\s#]+\.md)(?:#[^)\s]*)?\)/g)) {
      if (!/^https?:/.test(target!)) visit(join(dirname(page), target!))
    }
  }
  visit(join('docs', 'README.md'))
  expect(pages.filter(page => page.startsWith('docs/') && !reached.has(page))).toEqual([])
})
