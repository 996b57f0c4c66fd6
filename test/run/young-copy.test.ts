import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { youngCopy } from '../../src/run/young-copy.ts'

test('a copy that took 30 ms is handed out again for 600 ms, unless it is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-copy-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  let now = 1_000
  let made = 0
  const copy = youngCopy(
    async () => {
      now += 30
      const path = join(folder, `copy-${++made}`)
      writeFileSync(path, '')
      return path
    },
    () => now,
  )
  const name = async () => (await copy()).slice(-6)
  expect(await Promise.all([name(), name()])).toEqual(['copy-1', 'copy-1'])
  now += 599
  expect(await name()).toBe('copy-1')
  now += 1
  expect(await name()).toBe('copy-2')
  rmSync(join(folder, 'copy-2'))
  expect(await name()).toBe('copy-3')
})

test('a copy that cannot be made is tried again by the next who asks', async () => {
  let tries = 0
  const copy = youngCopy(
    async () => {
      tries += 1
      throw new Error('no room')
    },
    () => 0,
  )
  await expect(copy()).rejects.toThrow('no room')
  await expect(copy()).rejects.toThrow('no room')
  expect(tries).toBe(2)
})
