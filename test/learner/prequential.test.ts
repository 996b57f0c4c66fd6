import fc from 'fast-check'
import { expect, test } from 'vitest'
import { areaUnderCurve } from '../../src/learner/area-under-curve.ts'
import { prequential } from '../../src/learner/prequential.ts'
import { seededRandom } from '../../src/state/random.ts'

const byName = (scores: { metric: string; value: number }[]) =>
  Object.fromEntries(scores.map(({ metric, value }) => [metric, value]))

test('ratings are scored on their own scale', () => {
  const score = prequential({ kind: 'rating', min: 1, max: 5 })
  score.add(0.75, 1) // 4 where 5 was given
  score.add(0.5, 0) // 3 where 1 was given
  expect(byName(score.scores())).toEqual({ rmse: Math.sqrt(2.5), mae: 1.5 })
})

test('AUC is the share of pairs that stand in the right order', () => {
  const score = prequential({ kind: 'watch', positiveFrom: 0.5 })
  for (const [predicted, reward] of [
    [0.9, 1],
    [0.4, 0.6],
    [0.6, 0.2],
    [0.1, 0],
  ] as const)
    score.add(predicted, reward)
  expect(byName(score.scores())['auc']).toBe(0.75)
})

test('AUC from bins is that of all pairs, ties counting half', () => {
  const events = fc.array(fc.tuple(fc.integer({ min: 0, max: 4095 }), fc.boolean()), { minLength: 2, maxLength: 60 })
  fc.assert(
    fc.property(events, all => {
      const [positives, negatives] = [new Float64Array(4096), new Float64Array(4096)]
      for (const [bin, liked] of all) (liked ? positives : negatives)[bin]! += 1
      const [good, bad] = [all.filter(([, liked]) => liked), all.filter(([, liked]) => !liked)]
      fc.pre(good.length > 0 && bad.length > 0)
      const won = good.flatMap(([g]) => bad.map(([b]) => (g > b ? 1 : g === b ? 0.5 : 0) as number))
      const exact = won.reduce((a, b) => a + b, 0) / won.length
      expect(areaUnderCurve(positives, negatives)).toBeCloseTo(exact, 12)
    }),
  )
})

test('log loss takes the reward as a soft label and cannot run away', () => {
  const score = prequential({ kind: 'watch', positiveFrom: 0.5 })
  score.add(0.25, 0.5)
  expect(byName(score.scores())['logLoss']).toBeCloseTo(-(Math.log(0.25) + Math.log(0.75)) / 2, 12)
  score.add(0, 1)
  expect(byName(score.scores())['logLoss']).toBeLessThan(6)
})

test('there is no AUC without both kinds, and nothing before the first event', () => {
  const score = prequential({ kind: 'watch', positiveFrom: 0.5 })
  expect(score.scores()).toEqual([])
  score.add(0.4, 1)
  expect(Object.keys(byName(score.scores()))).toEqual(['logLoss'])
})

test('a restored score goes on as before', () => {
  for (const scale of [
    { kind: 'rating', min: 1, max: 5 },
    { kind: 'watch', positiveFrom: 0.5 },
  ] as const) {
    const [one, other] = [prequential(scale), prequential(scale)]
    one.add(0.3, 0.8)
    one.add(0.4, 0.1)
    other.restore(one.save())
    for (const each of [one, other]) each.add(0.9, 0.7)
    expect(other.scores()).toEqual(one.scores())
  }
})

test('AUC is within five ten-thousandths of the exact one, however rare picks are', () => {
  const random = seededRandom(5, 'auc')
  for (const base of [0.5, 0.05, 0.0005]) {
    const events = Array.from({ length: 40_000 }, () => {
      const spread = random.uniform() + random.uniform() + random.uniform() + random.uniform() - 2
      const predicted = 1 / (1 + Math.exp(-(Math.log(base / (1 - base)) + 1.4 * spread)))
      return { predicted, liked: random.uniform() < predicted }
    })
    const score = prequential({ kind: 'watch', positiveFrom: 0.5 })
    for (const { predicted, liked } of events) score.add(predicted, liked ? 1 : 0)
    events.sort((a, b) => a.predicted - b.predicted)
    let [below, won, liked] = [0, 0, 0]
    for (const event of events) {
      if (event.liked) {
        won += below
        liked += 1
      } else below += 1
    }
    expect(Math.abs(byName(score.scores())['auc']! - won / (liked * below)), `at ${base}`).toBeLessThan(0.0005)
  }
})

test('what was met before is scored apart, so that telling it from the rest makes no AUC', () => {
  const score = prequential({ kind: 'watch', positiveFrom: 0.5 })
  for (let n = 0; n < 100; n++) {
    score.add(0.1, n % 10 === 0 ? 1 : 0)
    score.add(0.9, 1, true)
    score.add(0.8, 0, true)
  }
  expect(byName(score.scores())).toMatchObject({ auc: 0.5, aucRepeats: 1 })
  expect(score.scores().map(({ events }) => events)).toEqual([100, 100, 200, 200])
})
