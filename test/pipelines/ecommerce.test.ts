import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import ecommerce, { ecommerceReward, ecommerceWeights, simulatedShopping } from '../../pipelines/ecommerce/index.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import { findPipeline } from '../../src/run/find-pipeline.ts'
import { testPipeline } from '../../src/testing/index.ts'
import { all, folders } from './rows.ts'

const folderOf = folders()
const { read } = ecommerce.source!

// Made up, in the form of the data set: no row of it is Taobao's.
const shop = {
  'UserBehavior_b.csv': '7,100,4,pv,1511600300\n7,100,4,cart,1511600400\n7,200,5,buy,1511600400\n',
  'UserBehavior_a.csv.gz': gzipSync('8,100,3,fav,1511600100\r\n8,200,6,pv,1511600500\r\n'),
  'README.csv': 'not,a,row\n',
}

test('reads all files in the order of time, then file and row, with ids by file and row', async () => {
  const reader = read(folderOf(shop))
  expect(
    (await all(reader.events())).map(({ eventId, userId, itemId, behaviour, time, value }) => {
      return [eventId, userId, itemId, behaviour, time, value]
    }),
  ).toEqual([
    ['UserBehavior_a:1', '8', '100', 'fav', 1_511_600_100_000, null],
    ['UserBehavior_b:1', '7', '100', 'pv', 1_511_600_300_000, null],
    ['UserBehavior_b:2', '7', '100', 'cart', 1_511_600_400_000, null],
    ['UserBehavior_b:3', '7', '200', 'buy', 1_511_600_400_000, null],
    ['UserBehavior_a:2', '8', '200', 'pv', 1_511_600_500_000, null],
  ])
  expect(reader.name).toBe('taobao/UserBehavior_a+UserBehavior_b')
  expect(await reader.eventCount?.()).toBe(5)
})

test('gives every item with its newest category, and nobody a profile', async () => {
  const reader = read(folderOf(shop))
  const items = await all(reader.items())
  expect(items.map(({ itemId, attributes }) => [itemId, attributes['category']])).toEqual([
    ['100', '4'],
    ['200', '6'],
  ])
  expect(ecommerce.features.item?.(items[0]!)).toEqual(['category=4'])
  expect(await all(reader.profiles())).toEqual([])
})

test('says what is missing or damaged', async () => {
  expect(() => read('')).toThrowError(expect.objectContaining({ code: 'SOURCE_MISSING' }))
  expect(() => read(folderOf({}))).toThrowError(/tianchi\.aliyun\.com.*--source/)
  for (const row of ['7,100,4,look,1511600300', '7,100,4,pv', '7,100,4,pv,15.5', ',100,4,pv,1511600300', '']) {
    const damaged = read(folderOf({ 'UserBehavior.csv': `7,100,4,pv,1511600300\n${row}\n` }))
    await expect(all(damaged.events())).rejects.toThrow('Line 2 of UserBehavior.csv')
  }
})

test.each([
  ['a view', 'pv', null, 0.02],
  ['a favourite', 'fav', null, 0.2],
  ['a cart', 'cart', null, 0.25],
  ['a purchase', 'buy', null, 0.7],
  ['a purchase with one star', 'buy', 1, 0.7],
  ['a purchase with five stars', 'buy', 5, 1],
  ['one star', 'rate', 1, 0],
  ['three stars', 'rate', 3, 0.15],
  ['five stars', 'rate', 5, 0.3],
])('the reward of %s', (_, behaviour, value, reward) => {
  expect(ecommerceReward({ behaviour, value })).toBeCloseTo(reward, 12)
})

test('the weights of a purchase and its rating come to 1, and a rating without stars has no reward', () => {
  expect(ecommerceWeights.purchase + ecommerceWeights.rating).toBe(1)
  expect(ecommerceReward({ behaviour: 'rate', value: null })).toBeNaN()
})

test('simulated people look, like, fill carts, buy and rate', () => {
  const { buyFrom, cartFrom } = simulatedShopping
  const event = ecommerce.simulate!.event
  const did = (watch: number, like: number) => {
    const { behaviour, value } = event({ watch, like })
    expect(ecommerce.behaviours).toContain(behaviour)
    return value === null ? behaviour : `${behaviour} ${value}`
  }
  expect([did(0, 0), did(cartFrom, 0), did(buyFrom, 0), did(1, 0)]).toEqual(['pv', 'cart', 'buy', 'buy'])
  expect([did(0, 1), did(cartFrom, 1), did(buyFrom, 1)]).toEqual(['fav', 'fav', 'buy 5'])
  const pipeline = testPipeline(ecommerce)
  const liked = (watch: number, like: number) =>
    pipeline.send({ ...event({ watch, like }), userId: 'u', itemId: 'i' }).row!.liked
  expect([liked(0, 1), liked(1, 1), liked(0, 0), liked(1, 0)]).toEqual([true, true, false, false])
})

test("a shop of one's own has arms, and everything else as it is here", async () => {
  const arms = [
    { name: 'myopic', policy: 'myopic', share: 0.5 },
    { name: 'planning', policy: 'q-learning', share: 0.5, options: { gamma: 0.9 } },
  ] as const
  const found = await findPipeline('ecommerce')
  expect(definePipeline({ ...found, name: 'shop', arms })).toEqual({ ...ecommerce, name: 'shop', arms })
})

const real = join(import.meta.dirname, '../../../shared/data/taobao-userbehavior')

test.skipIf(!existsSync(real))(
  'reads both files of Taobao, in order, nobody above the bot limit (skipped without ../shared/data/taobao-userbehavior)',
  async () => {
    const reader = read(real)
    const counts: Record<string, number> = {}
    const minutes = new Map<string, number>()
    let [fastest, last, inOrder] = [0, ecommerce.epoch, true]
    for await (const { behaviour, userId, time } of reader.events()) {
      counts[behaviour] = (counts[behaviour] ?? 0) + 1
      inOrder &&= time >= last
      last = time
      const minute = `${userId} ${Math.floor(time / ecommerce.clean.botWindowMs)}`
      minutes.set(minute, (minutes.get(minute) ?? 0) + 1)
      fastest = Math.max(fastest, minutes.get(minute)!)
    }
    expect({ counts, inOrder }).toEqual({ counts: { pv: 107_407, cart: 6_599, fav: 3_595, buy: 2_699 }, inOrder: true })
    expect(fastest).toBeLessThan(ecommerce.clean.botLimit / 2)
    expect((await all(reader.items())).length).toBeGreaterThan(84_793)
  },
)
