import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { readPage } from './markdown.ts'

const lines = readdirSync(join(packageRoot(), 'src'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .flatMap(file => readFileSync(join(packageRoot(), 'src', file), 'utf8').split('\n'))

/** Messages of the first table: what is fixed in each, between the dots. */
const messages = [...readPage('docs/operate/messages.md').matchAll(/^\| `([^`]+)` \| [^|]+ \| [^|]+ \|$/gm)].map(
  ([, message]) => message!.split('…').map(part => part.trim()),
)

test('the page of messages has a table of them', () => {
  expect(messages.length).toBeGreaterThan(4)
})

test.each(messages.map(parts => [parts.join(' … '), parts] as const))('%s is what the program says', (_, parts) => {
  const said = new RegExp(parts.map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*'))
  expect(lines.filter(line => said.test(line))).not.toEqual([])
})
