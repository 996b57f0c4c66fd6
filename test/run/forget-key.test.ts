import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Forget } from '../../src/records/command.ts'
import { Forgotten, givenUp } from '../../src/records/forgotten.ts'
import { keyName, pseudonyms } from '../../src/records/pseudonym.ts'
import { checkForgetKey, forgetKey, forgetKeyVariable, makeForgetKey } from '../../src/run/forget-key.ts'

let folder: string
let layout: { forgetKey: string }
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-key-'))
  layout = { forgetKey: join(folder, 'shop', 'forget.key') }
})
afterEach(() => {
  delete process.env[forgetKeyVariable]
  rmSync(folder, { recursive: true, force: true })
})

test('a key is made once, for its owner alone; the one of the environment counts before it', () => {
  expect(forgetKey(layout)).toBe(null)
  const key = makeForgetKey(layout)
  expect([makeForgetKey(layout), forgetKey(layout)]).toEqual([key, key])
  expect(statSync(layout.forgetKey).mode & 0o777).toBe(0o600)
  process.env[forgetKeyVariable] = '07'.repeat(32)
  expect(forgetKey(layout)).toEqual(Buffer.alloc(32, 7))
})

test('what is no key is told', () => {
  makeForgetKey(layout)
  writeFileSync(layout.forgetKey, 'not a key')
  expect(() => forgetKey(layout)).toThrow('holds no key to forget people with: 64 hexadecimal digits.')
})

describe('a key that is not here', () => {
  const lost = Buffer.alloc(32, 9)
  const until = { 'shop.behaviour-events/0': 100, 'shop.user-profiles/0': 0 }
  const command = (forget: Partial<Forget>) => ({
    ...{ commandId: '1', kind: 'forget' as const, shares: {}, arm: null, fromUser: null, toUser: null, time: 0 },
    ...{ reason: '', appliedAt: null, offset: 0 },
    forget: { people: [pseudonyms(lost)('ann')], stage: 'done' as const, upTo: 1, until, removed: {}, ...forget },
  })
  const check = async (forget: Partial<Forget>, log: { kind: 'embedded' | 'kafka'; first?: number }) => {
    const forgotten = new Forgotten(() => forgetKey(layout))
    forgotten.take(command(forget), 0)
    const range = { partition: 0, first: log.first ?? 0, end: 200 }
    return checkForgetKey(forgotten, { layout, log: { kind: log.kind, ranges: async () => [range] } })
  }
  const missing = { code: 'FORGET_KEY_MISSING', message: expect.stringContaining(keyName(lost)) }

  test('is asked for while a forgetting is not done, whichever other key is here', async () => {
    await expect(check({ stage: 'taken' }, { kind: 'embedded' })).rejects.toMatchObject(missing)
    const other = makeForgetKey(layout)
    await expect(check({ stage: 'learned' }, { kind: 'embedded' })).rejects.toThrow(`the one here is ${keyName(other)}`)
    writeFileSync(layout.forgetKey, lost.toString('hex'))
    await check({ stage: 'taken' }, { kind: 'embedded' })
  })

  test('is asked for as long as a Kafka holds records of before, and no longer', async () => {
    await expect(check({}, { kind: 'kafka', first: 99 })).rejects.toMatchObject(missing)
    await check({}, { kind: 'kafka', first: 100 })
    // There the records themselves are gone.
    await check({}, { kind: 'embedded' })
  })

  test('is not asked for once it is given up, however often that is read', async () => {
    const forgotten = new Forgotten(() => forgetKey(layout))
    for (const each of [command({}), givenUp(command({})), command({})]) forgotten.take(each, 0)
    const log = { kind: 'kafka' as const, ranges: async () => [{ partition: 0, first: 0, end: 200 }] }
    await checkForgetKey(forgotten, { layout, log })
    expect(forgotten.underOtherKeys).toEqual([])
  })
})
