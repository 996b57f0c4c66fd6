import { expect, test } from 'vitest'
import livestream, {
  fullGiftCoins,
  fullWatchSeconds,
  livestreamReward,
  livestreamWeights,
} from '../../pipelines/livestream/index.ts'
import { all } from './rows.ts'

const visit = (value: number | null, properties: Record<string, number> = {}) => ({ value, properties })

test.each([
  ['half of a full visit', visit(150), 0.3],
  ['a full visit', visit(300), 0.6],
  ['a room left open overnight', visit(30_000), 0.6],
  ['half a visit, liked', visit(150, { like: 1 }), 0.45],
  ['a hundred likes', visit(0, { like: 100 }), 0.15],
  ['a small gift', visit(0, { gift: 25 }), 0.125],
  ['a fortune', visit(300, { like: 1, gift: 1e6 }), 1],
  ['nothing', visit(null), 0],
])('the reward of %s', (_, event, reward) => {
  expect(livestreamReward(event)).toBeCloseTo(reward, 12)
})

test('the weights come to 1', () => {
  expect(Object.values(livestreamWeights).reduce((a, b) => a + b)).toBeCloseTo(1, 12)
})

test('makes up visits to rooms, the same at every reading, all of them in range', async () => {
  const reader = livestream.source!.read('events=2000,users=50,items=40,seed=3,repeats=0.1')
  const events = await all(reader.events())
  expect(events).toEqual(await all(reader.events()))
  expect(events).toHaveLength(2000)
  const [{ min, max }, rewards] = [livestream.value, events.map(livestreamReward)]
  expect(events.filter(({ value }) => !(value! >= min && value! <= max))).toEqual([])
  expect(Math.min(...rewards)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...rewards)).toBeLessThanOrEqual(1)
  const share = (name: string) => events.filter(({ properties }) => properties[name]! > 0).length / events.length
  expect(share('like')).toBeGreaterThan(0.1)
  expect(share('gift')).toBeGreaterThan(0.01)
  // Who stays longer likes and gives more often.
  const long = events.filter(({ value }) => value! >= fullWatchSeconds)
  const liked = long.filter(({ properties }) => properties['like'] === 1).length / long.length
  expect(liked).toBeGreaterThan(share('like'))
  expect((await all(reader.items()))[3]).toEqual({ itemId: 'i3', title: 'Room 3', attributes: {}, tags: ['g3'] })
  expect(reader.name).toMatch(/^livestream\/generated\/users=50/)
})

test('a repeated visit is the same visit', async () => {
  const events = await all(livestream.source!.read('events=500,users=9,items=9,repeats=0.5').events())
  const byId = new Map(events.map(event => [event.eventId, event]))
  expect(byId.size).toBeLessThan(400)
  for (const event of events) expect(event).toEqual(byId.get(event.eventId))
})

test('simulated people stay, like and give', () => {
  const { event } = livestream.simulate!
  expect(event({ watch: 0.5, like: 1 })).toEqual({
    behaviour: 'watch',
    value: fullWatchSeconds / 2,
    properties: { like: 1, gift: 0 },
  })
  expect(event({ watch: 1, like: 1 }).properties).toEqual({ like: 1, gift: fullGiftCoins / 2 })
  expect(event({ watch: 1, like: 0 }).properties).toEqual({ like: 0, gift: 0 })
})
