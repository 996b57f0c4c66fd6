import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Claim, tryClaim } from '../../../src/log/embedded/claim.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-claim-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('is held until it is released', () => {
  const first = tryClaim(folder) as Claim
  expect(tryClaim(folder)).toMatchObject({ pid: process.pid })
  first.release()
  const second = tryClaim(folder)
  expect(second).toHaveProperty('release')
})

test("a later process with a dead holder's pid is not taken for the holder", () => {
  const own = tryClaim(folder) as Claim
  const [name] = readdirSync(folder)
  own.release()
  // The same pid on the same boot, but a start time that no living process has.
  const [pid, life, host] = name!.split('.')
  writeFileSync(join(folder, `${pid}.${life!.split('-')[0]}-1.${host}.abc`), '')
  expect(tryClaim(folder)).toHaveProperty('release')
})

test('a holder on another host counts as living while it touches its file', () => {
  const path = join(folder, '12.boot-1.elsewhere.abc')
  writeFileSync(path, '')
  expect(tryClaim(folder)).toMatchObject({ pid: 12, host: 'elsewhere' })
  const longAgo = new Date(Date.now() - 60_000)
  utimesSync(path, longAgo, longAgo)
  expect(tryClaim(folder)).toHaveProperty('release')
})

test('files that are no claims are left alone', () => {
  writeFileSync(join(folder, 'README'), 'kept')
  expect(tryClaim(folder)).toHaveProperty('release')
  expect(readdirSync(folder)).toContain('README')
})
