import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { placesIn } from '../../src/ingest/forget/letters.ts'
import { Forgotten } from '../../src/records/forgotten.ts'
import { pseudonyms } from '../../src/records/pseudonym.ts'
import { coverInRunLog, openRunLog } from '../../src/run/run-log.ts'

const key = Buffer.alloc(32, 7)
const forgotten = new Forgotten(() => key)
const commandOn = (...ids: string[]) => ({
  ...{ commandId: '1', kind: 'forget' as const, shares: {}, arm: null, fromUser: null, toUser: null, time: 0 },
  ...{ reason: '', appliedAt: null, offset: 0 },
  forget: { people: ids.map(pseudonyms(key)), stage: 'taken' as const, upTo: 0, until: {}, removed: {} },
})
/** They are known by their ids, or by no more than what the command says. */
const known = (...ids: string[]) => placesIn(commandOn(...ids), new Set(ids), forgotten)
const hashed = (...ids: string[]) => placesIn(commandOn(...ids), new Set(), forgotten)

function logOf(...messages: string[]): { file: string; close: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-run-log-'))
  const file = join(folder, 'run.log')
  const log = openRunLog(file, { onFull: () => {}, onRoom: () => {} })
  for (const message of messages) log.warn(message)
  return { file, close: () => rmSync(folder, { recursive: true, force: true }) }
}
const messagesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => (JSON.parse(line) as { msg: string }).msg)

test.each([
  ['known', known],
  ['known by its hash alone', hashed],
])('covers an id that is %s, and no part of another one', (_, finding) => {
  const { file, close } = logOf('reward threw Error: none for user-7', 'user-77 and user-7, twice: "user-7".')
  expect(coverInRunLog(file, finding('user-7'), 'count')).toBe(3)
  expect(readFileSync(file, 'utf8')).toContain('user-7,')
  expect(coverInRunLog(file, finding('user-7'))).toBe(3)
  expect(messagesOf(file)).toEqual(['reward threw Error: none for ******', 'user-77 and ******, twice: "******".'])
  expect(coverInRunLog(file, finding('user-7'))).toBe(0)
  close()
})

test('covers ids as they stand in JSON, and those in the log of before; a line that comes meanwhile stays whole', () => {
  const id = 'né "\u202Ex'
  const { file, close } = logOf(`none for ${id} here`)
  writeFileSync(`${file}.1`, readFileSync(file))
  const log = openRunLog(file, { onFull: () => {}, onRoom: () => {} })
  let written = 0
  const find = known(id)
  const places = coverInRunLog(file, bytes => {
    if (written++ === 0) log.warn('goes on')
    return find(bytes)
  })
  expect(places).toBe(2)
  expect(messagesOf(file)).toEqual([expect.stringMatching(/^none for \*+ here$/), 'goes on'])
  expect(readFileSync(`${file}.1`, 'utf8')).not.toContain('202e')
  close()
})
