import { expect, test } from 'vitest'
import { openBackend } from '../../src/nn/backend.ts'
import { bots, nobodyElse, noRewards, oneEventMore, type Seen, seenBy } from './crowds.ts'
import { unfair } from './fair-lists.ts'

const seen = (pushed: number, error = 0.2): Seen => ({
  ...{ lists: 1_000, pushed, moved: 0.3, kept: 100, champion: 'bias' },
  errors: { bias: error },
})

test('half as many places again, and what chance does, are fair; more is not', () => {
  const [clean, control] = [
    [seen(10), seen(20)],
    [seen(13), seen(16)],
  ]
  // 1.5 × 29 and twice √(3² + 4²)
  expect(unfair({ clean, control, others: [seen(30), seen(23)] })).toEqual([])
  expect(unfair({ clean, control, others: [seen(30), seen(24)] })).toEqual([
    '54 places among the first three, 29 in the control, 53.5 at most',
  ])
})

test('scores that are off by more than two in a hundred, or are none, are told', () => {
  const [clean, control] = [[seen(0)], [seen(0)]]
  expect(unfair({ clean, control, others: [seen(0, 0.2035)] })).toEqual([])
  expect(unfair({ clean, control, others: [seen(0, 0.21)] })).toEqual(['the error of bias is 5.0% off'])
  expect(unfair({ clean, control, others: [seen(0, Number.NaN)] })).toHaveLength(1)
})

test('a bot that sees its item between what is popular buys no lists, and rewards that are none change nothing', async () => {
  const backend = await openBackend('wasm')
  const crowd = { events: 600, users: 40, items: 100, seed: 1, item: 'i60' }
  const among = (others: Parameters<typeof seenBy>[1]) => seenBy(crowd, others, { backend, small: true })
  const [clean, control] = [[await among(nobodyElse)], [await among(oneEventMore)]]
  const bought = await among(bots['a bot that sees its item between what is popular']!)
  expect(bought.kept).toBeGreaterThan(25)
  expect(unfair({ clean, control, others: [bought] })).toEqual([])
  const none = await among(noRewards['NaN as reward']!)
  expect([none.kept, none.pushed, none.errors]).toEqual([0, clean[0]!.pushed, clean[0]!.errors])
})
