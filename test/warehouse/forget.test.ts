import { existsSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ann, openArchived } from './archived-person.ts'

let archived: Awaited<ReturnType<typeof openArchived>>
beforeEach(async () => {
  archived = await openArchived()
})
afterEach(() => archived.close())

test('archive files are written anew without somebody, and one that held nobody else goes', async () => {
  // What a process that was killed had put aside goes at the opening.
  const spills = await archived.leftSpills('person-ann')
  expect(existsSync(spills)).toBe(false)
  const { 'archived events': inArchive } = await archived.warehouse.forget(ann)
  expect(inArchive).toBeGreaterThan(100)
  await archived.warehouse.renew()
  await archived.expectOnlyOthers()
})

// The battery dies at each place.
test('a death between tables and archive: the next try finds what is left', async () => {
  await archived.dieAt('commit.after')
  const { events, 'archived events': inArchive } = await archived.warehouse.forget(ann)
  expect([events, inArchive! > 100]).toEqual([0, true])
  await archived.warehouse.renew()
  await archived.expectOnlyOthers()
})
