import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { crowd, openSmallShop, others } from './small-shop.ts'

const parts = 3
let shop: Awaited<ReturnType<typeof openSmallShop>>
beforeEach(async () => {
  shop = await openSmallShop(undefined, parts)
})
afterEach(() => shop.close())

const rows = (data?: string) => Promise.all(Array.from({ length: parts }, (_, part) => shop.rows(data, part)))
const withoutSequence = (all: Awaited<ReturnType<typeof rows>>) => all.flatMap(({ events }) => events)

test('nothing of somebody is left in any file of any part; all else is as it was', async () => {
  await shop.sendProfile('person-ann', 'narnia')
  await shop.send(0, ...crowd(50, 'person-ann', 'cookie-17'))
  await shop.sendBytes('person-ann', '{ not JSON')
  await shop.sendBytes('user-bob', '{"userId":"person-ann", broken')
  await shop.give({ fromUser: 'cookie-17', toUser: 'person-ann' })
  await shop.run()
  const before = await rows()
  expect(before.filter(({ events }) => events.some(({ userId }) => !others.includes(userId))).length).toBeGreaterThan(0)
  expect(shop.filesWith('person-ann').length).toBeGreaterThan(4)
  writeFileSync(join(shop.folder, 'run.log'), '{"msg":"none for person-ann"}\n')
  writeFileSync(join(shop.folder, 'run-ingest-1-of-3.log'), '{"msg":"none for cookie-17"}\n')
  await shop.forget('cookie-17')
  const { done } = await shop.run()
  expect(done.at(-1)!.forget.people).toHaveLength(2)
  expect(done.at(-1)!.forget.parts).toEqual([0, 1, 2].map(part => expect.objectContaining({ part, cleared: true })))
  const { removed } = done.at(-1)!.forget
  const inAll = (what: string) =>
    Object.entries(removed).reduce((sum, [place, number]) => sum + (place.startsWith(what) ? number : 0), 0)
  expect(inAll('table events')).toBe(20)
  expect(inAll('topic behaviour-events')).toBe(22)
  for (const word of ['person-a', 'cookie-17', 'narnia']) expect(shop.filesWith(word)).toEqual([])
  const after = await rows()
  expect(withoutSequence(after)).toEqual(withoutSequence(before).filter(({ userId }) => others.includes(userId)))
  expect(after.map(({ sequence }) => sequence)).toEqual(before.map(({ sequence }) => sequence))
})

test('a rebuild brings nobody back; what comes under the id later is somebody new’s', async () => {
  await shop.send(0, ...crowd(40, 'person-ann'))
  await shop.run()
  await shop.forget('person-ann')
  await shop.run()
  expect(shop.filesWith('person-ann')).toEqual([])
  await shop.send(40, ['person-ann', 'item-2'], ['user-bob', 'item-1'], ['person-ann', 'item-3'])
  const { weights } = await shop.run()
  const expected = await rows()
  const theirs = withoutSequence(expected).filter(({ userId }) => userId === 'person-ann')
  expect(theirs.map(({ itemId, count }) => [itemId, count])).toEqual([
    ['item-2', 1],
    ['item-3', 2],
  ])
  expect((await shop.run({ data: 'again' })).weights).toBe(weights)
  expect(await rows('again')).toEqual(expected)
})
