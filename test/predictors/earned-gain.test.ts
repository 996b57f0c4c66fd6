import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { earnedGain } from '../../src/predictors/earned-gain.ts'
import { seededRandom } from '../../src/state/random.ts'

const logLoss = (predicted: number, reward: number): number => {
  const inside = Math.min(1 - 1e-4, Math.max(1e-4, predicted))
  return -reward * Math.log(inside) - (1 - reward) * Math.log(1 - inside)
}

test('whoever is right gains all of it, whoever is wrong loses all of it', () => {
  const [right, wrong] = [earnedGain('log', 'half'), earnedGain('log', 'half')]
  expect(right.gain).toBeCloseTo(0.55, 10)
  const random = seededRandom(1, 'test')
  for (let n = 0; n < 2000; n++) {
    const chance = random.uniform() < 0.5 ? 0.2 : 0.8
    const reward = random.uniform() < chance ? 1 : 0
    right.learn(0.5, chance, reward)
    wrong.learn(0.5, 1 - chance, reward)
  }
  expect(right.gain).toBeGreaterThan(0.95)
  expect(wrong.gain).toBeLessThan(0.001)
  expect(wrong.apply(0.5, 0.9)).toBeCloseTo(0.5, 2)
})

test('who exaggerates is taken by half', () => {
  const earned = earnedGain('log', 'half')
  const random = seededRandom(2, 'test')
  for (let n = 0; n < 20_000; n++) {
    const chance = random.uniform() < 0.5 ? 0.4 : 0.6
    earned.learn(0.5, chance < 0.5 ? 0.3 : 0.7, random.uniform() < chance ? 1 : 0)
  }
  expect(earned.gain).toBeGreaterThan(0.4)
  expect(earned.gain).toBeLessThan(0.6)
})

test.each([
  ['half', Math.log(1 / 0.3)],
  ['some', Math.log(1 / 0.45)],
  ['little', Math.log(1 / 0.6)],
] as const)(
  'with %s believed, log loss is at most %d + n / 20,000 above the plainer prediction, whatever comes',
  (believed, most) => {
    const reward = fc.double({ min: 0, max: 1, noNaN: true })
    // Nearer to certainty the loss is cut, and no bound holds to the last digit.
    const chance = fc.double({ min: 1e-4, max: 1 - 1e-4, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(chance, chance, reward), { maxLength: 200 }), events => {
        const earned = earnedGain('log', believed)
        let [own, plain] = [0, 0]
        for (const [expected, said, reward] of events) {
          own += logLoss(earned.apply(expected, said), reward)
          plain += logLoss(expected, reward)
          earned.learn(expected, said, reward)
        }
        expect(own).toBeLessThanOrEqual(plain + most + events.length / 20_000 + 1e-9)
      }),
    )
  },
)

test('what begins to help late is taken up', () => {
  const earned = earnedGain('squared', 'half')
  const random = seededRandom(3, 'test')
  for (let n = 0; n < 30_000; n++) earned.learn(0.5, random.uniform(), random.uniform() < 0.5 ? 0.2 : 0.8)
  expect(earned.gain).toBeLessThan(0.01)
  for (let n = 0; n < 3_000; n++) {
    const reward = random.uniform() < 0.5 ? 0.2 : 0.8
    earned.learn(0.5, reward, reward)
  }
  expect(earned.gain).toBeGreaterThan(0.9)
})

describe.each(['log', 'squared'] as const)('with %s loss', loss => {
  test('saved and restored it goes on to the last bit', () => {
    const [one, other] = [earnedGain(loss, 'little'), earnedGain(loss, 'little')]
    const random = seededRandom(4, 'test')
    const learn = (earned: typeof one, from: typeof random) =>
      earned.learn(from.uniform(), from.uniform(), from.uniform())
    for (let n = 0; n < 100; n++) learn(one, random)
    other.restore(one.save())
    const state = random.state.slice()
    for (let n = 0; n < 100; n++) learn(one, random)
    random.state.set(state)
    for (let n = 0; n < 100; n++) learn(other, random)
    expect(other.gain).toBe(one.gain)
    expect(other.save()).toEqual(one.save())
  })

  test('rewards that never change leave a number', () => {
    const earned = earnedGain(loss, 'little')
    for (let n = 0; n < 5_000; n++) earned.learn(1, n % 2 === 0 ? 1 : 0.9, 1)
    expect(earned.gain).toBeGreaterThanOrEqual(0)
    expect(earned.gain).toBeLessThan(0.05)
  })
})
