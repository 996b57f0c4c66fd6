import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { knownAgents } from '../../src/agents/known-agents.ts'
import { codes } from '../../src/errors.ts'
import { packageRoot } from '../../src/package-root.ts'
import { pipelineNames } from '../../src/run/find-pipeline.ts'
import { settings } from '../../src/settings/settings.ts'
import { pages, readPage } from './markdown.ts'

// What the changelog and its like call by a former name is right to be called so.
const present = pages.filter(page => page !== 'CHANGELOG.md')
const inBackticks = (page: string) => [...readPage(page).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text!)

test.each(present)('%s names settings that there are', page => {
  const paths = settings.map(({ path }) => path)
  const named = inBackticks(page).flatMap(
    text => text.match(/^(?:clean|window|learn|recommend|plan|guard|schedule)\.[\w.]+(?![\w./])/)?.[0] ?? [],
  )
  const unknown = named.filter(name => !paths.some(path => path === name || path.startsWith(`${name}.`)))
  expect(unknown).toEqual([])
})

test.each(present)('%s names error codes that there are', page => {
  const named = inBackticks(page).filter(text => /^[A-Z]+_[A-Z_]+$/.test(text) && !text.startsWith('RECSTREAM_'))
  expect(named.filter(name => !Object.hasOwn(codes, name))).toEqual([])
})

test('every promise of the README has the path of a test', () => {
  const table = readPage('README.md').split('| Promise | Held by |')[1]!.split('\n\n')[0]!
  const rows = table.split('\n').filter(line => line.startsWith('| ') && !line.startsWith('|---'))
  expect(rows.length).toBeGreaterThan(8)
  for (const row of rows) {
    const [path] = row.match(/(?<=`)test\/[^`]+/) ?? []
    expect(path !== undefined && existsSync(join(packageRoot(), path)), row).toBe(true)
  }
})

test('the page of pipelines has each that comes with the package', () => {
  const page = readPage('docs/guide/pipelines.md')
  for (const name of pipelineNames) expect(page).toContain(`\`${name}\``)
})

test('every agent has a page, linked from the table of agents', () => {
  const table = readPage('docs/reference/agents/README.md')
  for (const name of Object.keys(knownAgents)) {
    const page = name === 'a2c' || name === 'a3c' ? 'a2c-a3c' : name
    expect(table).toContain(`](${page}.md)`)
    expect(readPage(`docs/reference/agents/${page}.md`)).toContain('npx recstream simulate')
  }
})
