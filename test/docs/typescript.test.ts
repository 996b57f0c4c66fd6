import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { blocksOf } from './markdown.ts'

// Blocks are modules of somebody who has installed the package: they see its public door alone.

const root = packageRoot()
const folder = mkdtempSync(join(tmpdir(), 'recstream-blocks-'))
const blocks = blocksOf('ts', 'js').map((block, number) => ({
  ...block,
  file: join(folder, `block-${number}.${block.language === 'ts' ? 'mts' : 'mjs'}`),
}))
const typed = blocks.filter(({ language }) => language === 'ts')
const named = <T extends { page: string; line: number }>(each: readonly T[]) =>
  each.map(block => [`${block.page}:${block.line}`, block] as const)

beforeAll(() => {
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'recstream'))
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { noEmit: true, rootDir: '/', typeRoots: [join(root, 'node_modules', '@types')] },
      include: ['*.mts'],
    }),
  )
  for (const { file, text } of blocks) writeFileSync(file, text)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every block of TypeScript has the right types', () => {
  expect(typed.length).toBeGreaterThan(0)
  execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', folder], {
    stdio: 'inherit',
  })
})

test.each(named(typed))('%s runs', async (_, { file, text }) => {
  const module = await import(pathToFileURL(file).href)
  if (text.includes('export default')) expect(module.default).toHaveProperty('name')
})

// They are run where they belong: files of a page by shell.test.ts, clients by clients.test.ts, the examples' by test/examples.test.ts.
test.each(named(blocks.filter(({ language }) => language === 'js')))('%s is JavaScript', (_, { file }) => {
  execFileSync(process.execPath, ['--check', file], { stdio: 'pipe' })
})
