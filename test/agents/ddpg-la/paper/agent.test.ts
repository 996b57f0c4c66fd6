import { beforeAll, describe, expect, test } from 'vitest'
import { createPaperAgent, type PaperAgent } from '../../../../src/agents/ddpg-la/paper/agent.ts'
import { ablations, ourPreset, type PaperOptions, paperPreset } from '../../../../src/agents/ddpg-la/paper/options.ts'
import { purposes, type World } from '../../../../src/agents/ddpg-la/paper/world.ts'
import { type Backend, openBackend } from '../../../../src/nn/backend.ts'
import { moodWorld } from './mood-world.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const small = { hiddenSize: 8, shortSize: 4, embeddingSize: 4, usersPerBatch: 4, eventsPerChunk: 16 }
const ours: PaperOptions = {
  ...ourPreset,
  ...small,
  learningRate: 0.01,
  warmUpRounds: 0,
  targetRate: 0.1,
  gamma: 0.5,
  seed: 3,
}
const world = moodWorld({ users: 12, events: 50 })

function train(agent: PaperAgent, rounds: number): void {
  for (let round = 0; round < rounds; round++) for (const _ of agent.train());
}

function testError(agent: PaperAgent, { purpose, reward }: World): number {
  const predicted = agent.predict()
  const rows = [...purpose.keys()].filter(row => purpose[row] === purposes.test)
  return rows.reduce((sum, row) => sum + (predicted[row]! - reward[row]!) ** 2, 0) / rows.length
}

describe.each(ablations)('long $long and short $short', interests => {
  test('finds what only a user’s last records show', () => {
    const agent = createPaperAgent(backend.tf, world, { ...ours, interests })
    train(agent, 6)
    // A constant has .16.
    expect(testError(agent, world)).toBeLessThan(0.1)
    expect(agent.dropped).toBe(0)
  })
})

test('predicts validation and test events only, within [0, 1]', () => {
  const agent = createPaperAgent(backend.tf, world, ours)
  agent.predict().forEach((action, row) => {
    if (world.purpose[row] === purposes.fit) expect(action).toBeNaN()
    else expect(action > 0 && action < 1).toBe(true)
  })
})

test('its target network may predict, which is the actor itself when it follows at once', () => {
  const predicted = (change: Partial<PaperOptions>) => {
    const agent = createPaperAgent(backend.tf, world, { ...ours, gamma: 0, ...change })
    train(agent, 1)
    return agent.predict()
  }
  const actor = predicted({ predictor: 'actor' })
  expect(predicted({ predictor: 'target' })).not.toEqual(actor)
  predicted({ predictor: 'target', targetRate: 1 }).forEach((action, row) => {
    if (world.purpose[row] !== purposes.fit) expect(action).toBeCloseTo(actor[row]!, 5)
  })
})

test('the alarm tells a collapse: actions that have run into the bounds', () => {
  const adored = { ...world, reward: new Float32Array(world.reward.length).fill(1) }
  const agent = createPaperAgent(backend.tf, adored, {
    ...paperPreset,
    ...small,
    learningRate: 0.02,
    gamma: 0,
    seed: 0,
  })
  train(agent, 1)
  expect(agent.round).toMatchObject({ round: 1, saturated: false })
  train(agent, 15)
  expect(agent.round.atBounds).toBeGreaterThan(0.9)
  expect(agent.round.saturated).toBe(true)
})

test('gives the same bits for the same seed, others for another', () => {
  const run = (seed: number) => {
    const agent = createPaperAgent(backend.tf, world, { ...ours, seed })
    train(agent, 2)
    return agent.save()
  }
  expect(run(1)).toEqual(run(1))
  expect(run(1)['actor']).not.toEqual(run(2)['actor'])
})

test('going on after a restore equals never having stopped', () => {
  const whole = createPaperAgent(backend.tf, world, ours)
  train(whole, 3)
  const first = createPaperAgent(backend.tf, world, ours)
  train(first, 2)
  const second = createPaperAgent(backend.tf, world, { ...ours, seed: 77 })
  second.restore(first.save())
  expect(second.round).toEqual(first.round)
  train(second, 1)
  expect(second.save()).toEqual(whole.save())
  expect(second.predict()).toEqual(whole.predict())
})

test('in the warm-up the critic learns and the actor stands still', () => {
  const agent = createPaperAgent(backend.tf, world, { ...ours, warmUpRounds: 1 })
  const before = agent.save()
  train(agent, 1)
  const after = agent.save()
  expect(after['actor']).toEqual(before['actor'])
  expect(after['critic']).not.toEqual(before['critic'])
  train(agent, 1)
  expect(agent.save()['actor']).not.toEqual(before['actor'])
})

test('leaves no tensor behind', () => {
  const agent = createPaperAgent(backend.tf, world, ours)
  const tensors = backend.tf.memory().numTensors
  train(agent, 1)
  agent.predict()
  expect(backend.tf.memory().numTensors).toBe(tensors)
})
