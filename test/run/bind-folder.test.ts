import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bindFolder } from '../../src/run/bind-folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-bind-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a folder is used with the log that filled it first, and with no other', () => {
  const file = join(folder, 'shop', 'log-identity')
  bindFolder(file, 'the embedded log')
  bindFolder(file, 'the embedded log')
  expect(() => bindFolder(file, 'the Kafka cluster abc')).toThrow(
    /belongs to the embedded log, and this is the Kafka cluster abc; give another folder with --data\.$/,
  )
})
