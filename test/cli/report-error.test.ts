import { mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkDataFolder } from '../../src/cli/doctor/check-pipeline.ts'
import { problemOf } from '../../src/cli/report-error.ts'

const thrown = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

test('a path that is too long is told in a sentence, by doctor too', () => {
  const long = join(tmpdir(), 'd'.repeat(300))
  const told = { code: 'FILE_UNUSABLE', message: expect.stringMatching(/^This path is too long for the file system; /) }
  expect(problemOf(thrown(() => mkdirSync(long, { recursive: true })))).toMatchObject(told)
  expect(problemOf(thrown(() => writeFileSync(long, '')))).toMatchObject(told)
  expect(checkDataFolder(long)).toMatchObject({ state: 'problem', message: told.message })
})

test('a folder that cannot be made, as on a read-only disk, is no bug', () => {
  // What Node says there of a folder whose parent is to be made as well.
  const gone = mkdtempSync(join(tmpdir(), 'recstream-gone-'))
  rmdirSync(gone)
  expect(problemOf(thrown(() => mkdirSync(join(gone, 'log'))))).toMatchObject({
    code: 'FILE_UNUSABLE',
    message: expect.stringContaining('No folder can be made or written to here, as on a read-only disk;'),
  })
  expect(problemOf(Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS', path: '/d' }))).toEqual({
    code: 'FILE_UNUSABLE',
    message: 'No folder can be made or written to here, as on a read-only disk; choose another with --data: /d.',
  })
})
