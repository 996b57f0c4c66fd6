import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkSource } from '../../../src/cli/start/check-source.ts'
import { definePipeline } from '../../../src/pipeline/define-pipeline.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-source-'))
writeFileSync(join(folder, 'file'), '')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fed = definePipeline({
  name: 'shop',
  behaviours: ['view'],
  reward: () => 1,
  scale: { kind: 'watch', positiveFrom: 0.5 },
})
const read = () => ({ profiles: () => [], items: () => [], events: () => [] })
const imported = { ...fed, source: { read } }
const given = { source: folder, embedded: true, wanted: true }
const none = { ...given, source: undefined }

test('a folder that is there is imported, given or by default', () => {
  expect(checkSource(imported, given)).toBe(true)
  expect(checkSource({ ...fed, source: { folder, read } }, none)).toBe(true)
})

test('without a folder nothing is imported where events can come from elsewhere', () => {
  expect(checkSource(fed, none)).toBe(false)
  expect(checkSource(imported, { ...none, embedded: false })).toBe(false)
  expect(checkSource(imported, { ...none, wanted: false })).toBe(false)
  expect(() => checkSource(imported, none)).toThrow(/give it with --source/)
})

test('what contradicts itself or is not there is refused', () => {
  expect(() => checkSource(imported, { ...given, source: join(folder, 'no') })).toThrow(/There is no folder/)
  expect(() => checkSource(imported, { ...given, source: join(folder, 'file') })).toThrow(/is a file/)
  expect(() => checkSource(imported, { ...given, wanted: false })).toThrow(/contradict/)
  expect(() => checkSource(fed, given)).toThrow(/does not say how to read/)
})
