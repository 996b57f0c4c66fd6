import { afterEach, beforeEach, expect, test } from 'vitest'
import { crowd, openSmallShop } from '../ingest/forget/small-shop.ts'
import { allOf } from '../log/fixtures/read.ts'

let shop: Awaited<ReturnType<typeof openSmallShop>>
beforeEach(async () => {
  shop = await openSmallShop()
})
afterEach(() => shop.close())

test('nothing of somebody is left in any file, and everybody else is as they were', async () => {
  await shop.sendProfile('person-ann', 'narnia')
  await shop.send(0, ...crowd(150, 'person-ann'))
  await shop.sendBytes('person-ann', '{ not JSON')
  await shop.sendBytes('user-bob', '{"userId":"person-ann", broken')
  await shop.sendBytes('user-bob', '{"userId":"user-bob", broken')
  await shop.run()
  const before = await shop.rows()
  expect(shop.filesWith('person-ann').length).toBeGreaterThan(4)
  await shop.forget('person-ann')
  const { done } = await shop.run()
  expect(done.map(({ forget }) => forget.removed)).toEqual([
    {
      'table events': 37,
      'table recommendations': expect.any(Number),
      'table users': 1,
      'table changes': 1,
      'table commands': 0,
      'table dead_letters': 2,
      'table archived events': 0,
      'run.log': 0,
      'sql-history': 0,
      checkpoints: expect.any(Number),
      'topic interest-sequences': 38,
      'topic recommendations': expect.any(Number),
      'topic commands': 0,
      'topic behaviour-events': 39,
      'topic user-profiles': 1,
    },
  ])
  expect(shop.filesWith('person-ann')).toEqual([])
  expect(shop.filesWith('narnia')).toEqual([])
  const after = await shop.rows()
  expect(after.events).toEqual(before.events.filter(({ userId }) => userId !== 'person-ann'))
  expect(after.sequence).toBe(before.sequence)
  expect(after.letters.map(({ value }) => value?.toString())).toEqual([
    undefined,
    undefined,
    '{"userId":"user-bob", broken',
  ])
})

test('a rebuild from the log brings nobody back and gives the same rows; two replays learn the same', async () => {
  await shop.send(0, ...crowd(100, 'person-ann', 'person-eve'))
  await shop.run()
  await shop.forget('person-ann')
  await shop.run()
  await shop.send(100, ...crowd(60))
  await shop.forget('person-eve')
  await shop.run()
  const expected = await shop.rows()
  const [one, two] = [
    await shop.run({ data: 'again', learner: 'one' }),
    await shop.run({ data: 'third', learner: 'two' }),
  ]
  expect(await shop.rows('again')).toEqual(expected)
  expect(one.weights).toBe(two.weights)
  expect(shop.filesWith('person-ann')).toEqual([])
  expect(shop.filesWith('person-eve')).toEqual([])
})

test('what comes under the id afterwards is somebody new’s', async () => {
  await shop.send(0, ...crowd(40, 'person-ann'), ['person-ann', 'item-6', 'buy'])
  await shop.run()
  await shop.forget('person-ann')
  await shop.run()
  await shop.send(50, ['person-ann', 'item-2'], ['user-bob', 'item-1'], ['person-ann', 'item-3'])
  await shop.run()
  const { events } = await shop.rows()
  expect(events.filter(({ userId }) => userId === 'person-ann').map(({ itemId, count }) => [itemId, count])).toEqual([
    ['item-2', 1],
    ['item-3', 2],
  ])
  await shop.run({ data: 'again' })
  expect((await shop.rows('again')).events).toEqual(events)
})

test('events that wait to be taken in when somebody is forgotten are passed over', async () => {
  await shop.send(0, ...crowd(40, 'person-ann'))
  await shop.forget('person-ann')
  await shop.send(40, ['user-bob', 'item-1'])
  await shop.run()
  await shop.send(41, ['user-bob', 'item-2'])
  await shop.run()
  expect(shop.filesWith('person-ann')).toEqual([])
})

test('ids that were merged are one person, whichever of them is named', async () => {
  await shop.send(0, ...crowd(60, 'cookie-17', 'person-ann'))
  await shop.run()
  await shop.give({ fromUser: 'cookie-17', toUser: 'person-ann' })
  await shop.run()
  await shop.send(60, ...crowd(10, 'person-ann'))
  await shop.run()
  await shop.forget('cookie-17')
  const { done } = await shop.run()
  expect(done[0]!.forget.people).toHaveLength(2)
  expect([...shop.filesWith('person-ann'), ...shop.filesWith('cookie-17')]).toEqual([])
  // The id of the cookie is nobody else's any more.
  await shop.send(70, ['cookie-17', 'item-1'], ['user-bob', 'item-2'])
  await shop.run()
  const lists = (await allOf(shop.log, shop.topics.recommendations)).map(({ key }) => key?.toString())
  expect(lists.slice(-2)).toEqual(['cookie-17', 'user-bob'])
})
