import { expect, test } from 'vitest'
import generatedShop from '../../../pipelines/generated-shop/index.ts'
import type { BehaviourEvent, SourceItem, UserProfile } from '../../../src/records/definition.ts'
import { shopOpens } from '../../../src/sources/generated-shop/numbers.ts'
import { readGeneratedShop } from '../../../src/sources/generated-shop/read-generated-shop.ts'

const small = 'users=600,items=400,categories=8,days=4,visits=0.4'
const eventsOf = (text: string) => [...(readGeneratedShop(text).events() as Iterable<BehaviourEvent>)]
const itemsOf = (text: string) => [...(readGeneratedShop(text).items() as Iterable<SourceItem>)]
const events = eventsOf(small)
const items = itemsOf(small)
const day = 86_400_000

test('the same numbers give the same records, another seed others, and more days continue fewer', () => {
  expect(eventsOf(small)).toEqual(events)
  expect(eventsOf(`${small},seed=2`).slice(0, 50)).not.toEqual(events.slice(0, 50))
  const three = small.replace('days=4', 'days=3')
  expect(events.slice(0, eventsOf(three).length)).toEqual(eventsOf(three))
  expect(items.slice(0, itemsOf(three).length)).toEqual(itemsOf(three))
  expect(readGeneratedShop(three).name).toBe(readGeneratedShop(small).name)
})

test('of a hundred views about eight are carts and two are purchases, each of something that was viewed and bought once', () => {
  const count = (behaviour: string) => events.filter(each => each.behaviour === behaviour).length
  expect(count('cart') / count('view')).toBeGreaterThan(0.06)
  expect(count('cart') / count('view')).toBeLessThan(0.1)
  expect(count('buy') / count('view')).toBeGreaterThan(0.014)
  expect(count('buy') / count('view')).toBeLessThan(0.026)
  const viewed = new Set<string>()
  const bought: string[] = []
  for (const { userId, itemId, behaviour } of events) {
    const pair = `${userId} ${itemId}`
    if (behaviour === 'view') viewed.add(pair)
    else expect(viewed).toContain(pair)
    if (behaviour === 'buy') bought.push(pair)
  }
  expect(new Set(bought).size).toBe(bought.length)
})

test('events and changes of items are in order of time, and nobody acts on what is gone or sold out', () => {
  const state = new Map<string, SourceItem>()
  let known = 0
  let before = shopOpens
  for (const { itemId, time } of events) {
    expect(time).toBeGreaterThanOrEqual(before)
    before = time
    for (; known < items.length && (items[known]!.time ?? shopOpens) <= time; known++) {
      state.set(items[known]!.itemId, items[known]!)
    }
    const item = state.get(itemId)
    expect(item?.deleted).toBeUndefined()
    expect(Number(item?.attributes['stock'])).toBeGreaterThan(0)
  }
  const times = items.map(({ time = shopOpens }) => time)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
})

test('a twentieth of the items is new each day, as many go, and some sell out and come back', () => {
  const first = items.filter(({ time }) => time === undefined)
  const ids = new Set(items.map(({ itemId }) => itemId))
  expect([first.length, ids.size, items.filter(({ deleted }) => deleted).length]).toEqual([
    400,
    400 + 3 * 20,
    4 * 20 - 20,
  ])
  const stocks = items.filter(({ itemId }) => itemId === 'i300').map(({ attributes }) => attributes['stock'] === '0')
  for (const [k, out] of stocks.entries()) if (k > 0) expect(out).not.toBe(stocks[k - 1])
  const changed = items.filter(({ time, deleted }) => time !== undefined && !deleted)
  expect(changed.some(({ attributes }) => attributes['stock'] === '0')).toBe(true)
})

test('people keep to their categories', () => {
  const categories = new Map(items.map(({ itemId, attributes }) => [itemId, attributes['category']!]))
  const counts = new Map<string, Map<string, number>>()
  for (const { userId, itemId } of events) {
    const own = counts.get(userId) ?? counts.set(userId, new Map()).get(userId)!
    own.set(categories.get(itemId)!, (own.get(categories.get(itemId)!) ?? 0) + 1)
  }
  const shares = [...counts.values()].map(own => {
    const sorted = [...own.values()].sort((a, b) => b - a)
    return sorted.slice(0, 3).reduce((a, b) => a + b, 0) / sorted.reduce((a, b) => a + b, 0)
  })
  expect(shares.reduce((a, b) => a + b, 0) / shares.length).toBeGreaterThan(0.8)
  expect([...(readGeneratedShop(small).profiles() as Iterable<UserProfile>)]).toHaveLength(600)
})

test('the pipeline knows all of it, and what is not understood is refused', () => {
  expect(events.every(({ behaviour, time }) => generatedShop.behaviours.includes(behaviour) && time >= shopOpens)).toBe(
    true,
  )
  expect(() => readGeneratedShop('items=none')).toThrow(expect.objectContaining({ code: 'SOURCE_INVALID' }))
  expect(events.at(-1)!.time).toBeLessThan(shopOpens + 4 * day)
})
