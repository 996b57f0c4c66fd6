import { expect, test } from 'vitest'
import { type DdpgOptions, defaultDdpg } from '../../../../../src/agents/ddpg-la/planning/options.ts'
import { sessionAgent } from '../../../../../src/agents/ddpg-la/planning/session/agent.ts'
import { expectSameBits } from '../../../../contracts/same-bits.ts'
import { tire, tiringCatalogue } from './tiring.ts'

const agent = (changed: Partial<DdpgOptions> = {}) =>
  sessionAgent(tiringCatalogue, {
    seed: 1,
    options: { ...defaultDdpg, updateEvery: 200, sessionsFirst: 60, ...changed },
  })

test('it begins as the ranker by rating', () => {
  const list = agent().choose(0, { time: 0, length: 24, allowed: () => true, explore: false })
  const estimates = list.map(({ item }) => tiringCatalogue.estimate(0, item))
  expect(estimates).toEqual([...estimates].sort((a, b) => b - a))
})

test('where people tire it learns to change, and gains by it', () => {
  const learner = agent()
  const before = tire(learner, 80, false)
  tire(learner, 600, true)
  const served = learner.save(8)['served'] as Float64Array
  expect(served[1]! + served[2]!).toBeLessThan(-0.5)
  expect(tire(learner, 80, false)).toBeGreaterThan(before + 0.1)
})

test('it does not where updates are too small to change anything', () => {
  const learner = agent({ climb: 0.001 })
  const before = tire(learner, 80, false)
  tire(learner, 600, true)
  expect(tire(learner, 80, false)).toBeLessThan(before + 0.05)
})

test('where nobody tires it stays near the ranker by rating', () => {
  const learner = agent()
  const before = tire(learner, 80, false, 0)
  tire(learner, 600, true, 0)
  expect(tire(learner, 80, false, 0)).toBeGreaterThan(before - 0.02)
})

test('it says what a score is made of, and nothing changes by it', () => {
  const learner = agent()
  tire(learner, 300, true)
  const before = structuredClone(learner.save(8))
  for (const explore of [false, true]) {
    const how = { time: 1e12, length: 1, allowed: () => true, explore }
    const parts = learner.why!(0, how, 5)
    expectSameBits(learner.save(8), before)
    const { score } = learner.choose(0, { ...how, allowed: item => item === 5 })[0]!
    expect(parts.reduce((sum, { adds }) => sum + adds, 0)).toBeCloseTo(score, 5)
    expect(parts[0]).toMatchObject({ feature: 'rating', weight: 1 })
    learner.restore(before)
  }
})
