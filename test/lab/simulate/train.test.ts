import { expect, test } from 'vitest'
import type { PlanningAgent } from '../../../src/agents/planning-agent.ts'
import { popularityAgent } from '../../../src/agents/popularity.ts'
import { defaultQLearning } from '../../../src/agents/q-learning/options.ts'
import { createQLearning } from '../../../src/agents/q-learning.ts'
import { worldCatalogue } from '../../../src/lab/simulate/agent-policy.ts'
import { type Trained, type Training, trainInWorld } from '../../../src/lab/simulate/train.ts'
import { worlds } from '../../../src/lab/simulate/world/settings.ts'
import { generated } from './world/population.ts'

const people = 8

function setup() {
  const seats = { person: new Int32Array(people + 1) }
  const catalogue = worldCatalogue(generated.knowledge, seats)
  const plain = {
    ...{ population: generated, settings: worlds.saturating, people, steps: 1600, checks: 4 },
    ...{ seats, seed: 1, gateSeed: 2, gatePeople: 2, clock: () => 0 },
  }
  return { catalogue, plain }
}

function learner(): { agent: PlanningAgent; plain: Omit<Training, 'agent'> } {
  const { catalogue, plain } = setup()
  const options = { ...defaultQLearning, epsilon: { from: 1, to: 0.1, steps: 800 }, reclusterEvery: 500 }
  return { plain, agent: createQLearning({ catalogue, seed: 1, options }) }
}

function run(training: Training): Trained {
  const walk = trainInWorld(training)
  for (;;) {
    const { done, value } = walk.next()
    if (done) return value
    expect(value).toBeLessThanOrEqual(1)
  }
}

test('an agent is evaluated at equal distances, and has the weights of its best check in the end', () => {
  const { catalogue, plain } = setup()
  const agent = popularityAgent({ catalogue })
  const saved: number[] = []
  const watched: PlanningAgent = {
    ...agent,
    save(users) {
      const arrays = agent.save(users)
      saved.push(sumOf(arrays['gathered'] as Float64Array))
      return arrays
    },
  }
  const { curve, best } = run({ ...plain, agent: watched, checks: 8 })
  expect(curve.steps).toEqual([200, 400, 600, 800, 1000, 1200, 1400, 1600])
  expect(curve.rewardPerUserDay[best]).toBe(Math.max(...curve.rewardPerUserDay))
  expect(sumOf(agent.save(0)['gathered'] as Float64Array)).toBe(saved.at(-1))
})

test('who is followed to evaluate an agent teaches it nothing', () => {
  const [evaluated, alone] = [learner(), learner()]
  const { best } = run({ ...evaluated.plain, agent: evaluated.agent, checks: 1 })
  run({ ...alone.plain, agent: alone.agent, gatePeople: 0 })
  expect(best).toBe(0)
  expect(evaluated.agent.save(people)).toEqual(alone.agent.save(people))
})

test('the same training gives the same agent bit for bit', () => {
  const [first, second] = [learner(), learner()]
  const curves = [first, second].map(({ agent, plain }) => run({ ...plain, agent }).curve)
  expect(curves[1]).toEqual(curves[0])
  expect(second.agent.save(people)).toEqual(first.agent.save(people))
})

test('an agent trains as often as it asks for, and checks do not count as training time', () => {
  const { agent, plain } = learner()
  let [trained, now] = [0, 0]
  const counted: PlanningAgent = {
    ...agent,
    trainEvery: 50,
    train: () => (trained += 1) as never,
    choose(user, how) {
      if (how.explore) now += 2
      return agent.choose(user, how)
    },
  }
  const { stepsPerSecond } = run({ ...plain, agent: counted, clock: () => now })
  expect(trained).toBe(32)
  expect(stepsPerSecond).toBe(500)
})

const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0)
