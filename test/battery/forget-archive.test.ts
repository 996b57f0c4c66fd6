import { afterEach, beforeEach, describe, test } from 'vitest'
import { ann, openArchived } from '../warehouse/archived-person.ts'

let archived: Awaited<ReturnType<typeof openArchived>>
beforeEach(async () => {
  archived = await openArchived()
})
afterEach(() => archived.close())

describe('a death while somebody is forgotten in tables and archive', () => {
  test.each([
    ...['commit.before', 'commit.after', 'archive.before', 'fsync.before', 'fsync.after'],
    ...['rename.before', 'rename.after', 'archive.after'],
  ])('at %s: the next try finds what is left, and nobody else loses anything', async failpoint => {
    await archived.dieAt(failpoint)
    await archived.warehouse.forget(ann)
    await archived.warehouse.renew()
    await archived.expectOnlyOthers()
  })
})
