import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { clients } from '../clients/table/clients.ts'
import { blocksOn, readPage } from './markdown.ts'

const page = 'docs/guide/clients.md'
const lines = readPage(page).split('\n')
const blocks = blocksOn(page).map(block => {
  const heading = lines.slice(0, block.line).findLast(line => line.startsWith('### '))
  return { ...block, client: heading?.slice(4) }
})

test.each([...clients])(
  'what the page says to set for $name is what `npm run test:clients` runs',
  ({ name, driver }) => {
    const block = blocks.find(({ client }) => client === name)
    expect(block?.text.trim()).toBe(settingsIn(driver))
  },
)

test('the page tells of no other version than the one that was tried', () => {
  const rows = lines.filter(line => line.startsWith('| ')).map(line => line.split('|')[1]!.trim())
  expect(rows.filter(row => clients.some(({ name }) => row.startsWith(`${name} `)))).toEqual(
    clients.map(({ name, version }) => `${name} ${version}`),
  )
})

/** What stands between `settings:` and `end` in a driver, without what it is indented by. */
function settingsIn(driver: string): string {
  const text = readFileSync(join(packageRoot(), 'test/clients/table', driver), 'utf8')
  const parts = [...text.matchAll(/^[ \t]*(?:\/\/|#) settings: \w+\n([\s\S]*?)^[ \t]*(?:\/\/|#) end$/gm)].map(
    ([, part]) => {
      const indent = /^[ \t]*/.exec(part!)![0]
      return part!.replaceAll(new RegExp(`^${indent}`, 'gm'), '').trim()
    },
  )
  return parts.join('\n\n')
}
