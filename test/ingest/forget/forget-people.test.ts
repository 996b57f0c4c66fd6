import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pseudonyms } from '../../../src/records/pseudonym.ts'
import { crowd, key, openSmallShop, others } from './small-shop.ts'

let shop: Awaited<ReturnType<typeof openSmallShop>>
beforeEach(async () => {
  shop = await openSmallShop()
})
afterEach(() => shop.close())

test('nothing of somebody, nor of whom they are merged with, is left in any file; all else is as it was', async () => {
  await shop.sendProfile('person-ann', 'narnia')
  await shop.send(0, ...crowd(50, 'person-ann', 'cookie-17'))
  await shop.sendBytes('person-ann', '{ not JSON')
  await shop.sendBytes('user-bob', '{"userId":"person-ann", broken')
  await shop.sendBytes('user-bob', '{"userId":"user-bob", broken')
  await shop.give({ fromUser: 'cookie-17', toUser: 'person-ann' })
  await shop.run()
  const before = await shop.rows()
  expect(shop.filesWith('person-ann').length).toBeGreaterThan(4)
  const asked = [`select * from users where country = 'narnia';`, `from events where user_id like 'person-a%';`]
  writeFileSync(join(shop.folder, 'sql-history'), `${asked.join('\n')}\n`)
  writeFileSync(join(shop.folder, 'run.log'), '{"msg":"none for person-ann"}\n')
  await shop.forget('cookie-17')
  const { done } = await shop.run()
  expect(done[0]!.forget.people).toHaveLength(2)
  expect(done[0]!.forget.removed).toMatchObject({
    ...{ 'table events': 20, 'table users': 1, 'table dead_letters': 2, 'topic commands': 2 },
    ...{ 'topic interest-sequences': 21, 'topic behaviour-events': 22, 'topic user-profiles': 1 },
    ...{ 'run.log': 1, 'sql-history': 2 },
  })
  for (const word of ['person-a', 'cookie-17', 'narnia']) expect(shop.filesWith(word)).toEqual([])
  const after = await shop.rows()
  expect(after.events).toEqual(before.events.filter(({ userId }) => others.includes(userId)))
  expect(after.sequence).toBe(before.sequence)
  expect(after.letters.map(({ value }) => value?.toString())).toEqual([
    undefined,
    undefined,
    '{"userId":"user-bob", broken',
  ])
})

test('a rebuild brings nobody back and gives the same rows; what comes under the id later is somebody new’s', async () => {
  await shop.send(0, ...crowd(40, 'person-ann'))
  await shop.forget('person-ann')
  await shop.run()
  expect(shop.filesWith('person-ann')).toEqual([])
  await shop.send(40, ['person-ann', 'item-2'], ['user-bob', 'item-1'], ['person-ann', 'item-3'])
  await shop.run()
  const expected = await shop.rows()
  const theirs = expected.events.filter(({ userId }) => userId === 'person-ann')
  expect(theirs.map(({ itemId, count }) => [itemId, count])).toEqual([
    ['item-2', 1],
    ['item-3', 2],
  ])
  await shop.run({ data: 'again' })
  expect(await shop.rows('again')).toEqual(expected)
})

test('whoever comes under the id later and is then merged with somebody takes nothing of theirs along', async () => {
  await shop.send(0, ...crowd(40, 'person-ann'))
  await shop.run()
  const before = await shop.rows()
  const until = { [`${shop.topics.behaviourEvents}/0`]: 40 }
  const forget = { people: [pseudonyms(key)('person-ann')], stage: 'taken' as const, upTo: 40, until, removed: {} }
  await shop.give({ kind: 'forget', forget })
  await shop.give({ fromUser: 'person-ann', toUser: 'user-bob' })
  await shop.run()
  expect((await shop.rows()).events).toEqual(before.events.filter(({ userId }) => others.includes(userId)))
})

test('while records are held for a schema registry somebody who is to be forgotten waits, and it is said for what', async () => {
  await shop.send(0, ...crowd(8, 'person-ann'))
  // As a registry's clients write: a zero, and the number of a schema.
  await shop.sendBytes('user-bob', '\0\0\0\0\u0007rest')
  await shop.forget('person-ann')
  expect(await shop.waitsFor('http://127.0.0.1:1')).toBe(
    'records that came before are held until the schema registry answers, and it goes on then',
  )
})
