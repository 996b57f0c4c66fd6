import { beforeAll, describe, expect, test } from 'vitest'
import { type AgentOptions, createAgent } from '../../../../src/agents/ddpg-la/residual/agent.ts'
import { actionGradient, createCritic, criticForward } from '../../../../src/agents/ddpg-la/residual/network.ts'
import type { Transition } from '../../../../src/agents/ddpg-la/residual/replay-buffer.ts'
import { servingActor } from '../../../../src/agents/ddpg-la/residual/serving.ts'
import { agentTraining } from '../../../../src/agents/ddpg-la/residual/training.ts'
import { type Backend, openBackend } from '../../../../src/nn/backend.ts'
import { toTensors } from '../../../../src/nn/parameters.ts'
import { seededRandom } from '../../../../src/state/random.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const options: AgentOptions = {
  record: 4,
  positions: 3,
  profile: 1,
  candidate: 2,
  hidden: 8,
  short: 4,
  enhancement: 'rlstm',
  weighting: 't-self-attention',
  form: 'reward',
  seed: 1,
  batch: 64,
  batchesPerStep: 2,
  replayCapacity: 1024,
  burnIn: 1,
  learningRate: 0.005,
  weightDecay: 0.001,
  loss: 'squared',
  gamma: 0.5,
  criticWeight: 0.1,
  targetRate: 0.05,
}

/**
 * A user likes what agrees in sign with the sum of the last three records: nothing that the candidate alone tells, so
 * only an agent whose interests work can learn it. The base says 0.5 to everything.
 */
function* world(seed: number): Generator<Transition> {
  const random = seededRandom(seed, 'world')
  for (let previous = -1; ; previous++) {
    const window = Array.from({ length: 3 }, () => Float64Array.of(random.normal(), random.normal(), 0.3, 1))
    const candidate = random.uniform() < 0.5 ? -1 : 1
    const taste = window.reduce((sum, record) => sum + record[0]!, 0)
    yield {
      window,
      hidden: new Float64Array(8),
      cell: new Float64Array(8),
      rest: Float64Array.of(1, candidate, 0.5),
      base: 0.5,
      reward: taste * candidate > 0 ? 0.9 : 0.1,
      signals: Float64Array.of(taste * candidate > 0 ? 1 : 0, Number.NaN, Number.NaN, 0.5),
      previous,
    }
  }
}

/** Mean squared error over 200 fresh transitions after so many training steps; 0.16 is what the base has. */
function errorAfter(steps: number, changed: Partial<AgentOptions> = {}): number {
  const agent = createAgent({ ...options, ...changed })
  const training = agentTraining(backend.tf, agent)
  const transitions = world(1)
  for (let step = 0; step < steps; step++) {
    for (let n = 0; n < options.batch; n++) agent.remember(transitions.next().value)
    training.train(agent.memory.added)
  }
  const serving = servingActor(options)
  serving.load(agent.actor)
  const fresh = world(2)
  let error = 0
  for (let n = 0; n < 200; n++) {
    const { window, hidden, cell, rest, base, reward } = fresh.next().value as Transition
    serving.observe([...window], hidden, cell, rest.slice(0, 1))
    const action = Math.min(1, Math.max(0, base + serving.delta(rest.slice(1))))
    error += (action - reward) ** 2 / 200
  }
  return error
}

describe('DDPG-LA on a world where only the sequence tells what is liked', () => {
  test('starts as its base and learns far below it', () => {
    expect(errorAfter(0)).toBeCloseTo(0.16, 6)
    expect(errorAfter(150)).toBeLessThan(0.06)
  })

  test('learns nothing when its update is broken', () => {
    expect(errorAfter(30, { learningRate: 0 })).toBeCloseTo(0.16, 6)
  })

  test('learns without the critic too, and with a plain LSTM and plain attention', () => {
    const plain = { criticWeight: 0, gamma: 0, enhancement: 'lstm', weighting: 'self-attention' } as const
    expect(errorAfter(150, plain)).toBeLessThan(0.06)
  })
})

test('a step that is not finite changes nothing and is counted', () => {
  const agent = createAgent({ ...options, batchesPerStep: 1 })
  const transitions = world(1)
  for (let n = 0; n < options.batch; n++) agent.remember(transitions.next().value)
  agent.remember({ ...(transitions.next().value as Transition), reward: Number.NaN })
  const before = agent.save()
  agentTraining(backend.tf, agent).train(agent.memory.added)
  expect(agent.dropped).toBe(1)
  expect(agent.actor.values.every(Number.isFinite)).toBe(true)
  expect(agent.actor.values).toEqual(before['actor'])
})

test('going on from a saved state equals never having stopped, bit for bit', () => {
  const run = (cut: boolean) => {
    let agent = createAgent(options)
    const transitions = world(1)
    for (let step = 0; step < 20; step++) {
      for (let n = 0; n < options.batch; n++) agent.remember(transitions.next().value)
      agentTraining(backend.tf, agent).train(agent.memory.added)
      if (cut && step === 11) {
        const saved = agent.save()
        agent = createAgent({ ...options, seed: 99 })
        agent.restore(saved)
      }
    }
    return agent.save()
  }
  expect(run(true)).toEqual(run(false))
})

test.each<Partial<AgentOptions>>([
  {},
  { criticWeight: 0 },
  { burnIn: 0, loss: 'huber' },
  { enhancement: 'none', loss: 'absolute' },
  { weighting: 'none' },
])('training leaves no tensor behind: %o', changed => {
  const agent = createAgent({ ...options, ...changed })
  const training = agentTraining(backend.tf, agent)
  const transitions = world(1)
  for (let n = 0; n < 200; n++) agent.remember(transitions.next().value)
  const tensors = backend.tf.memory().numTensors
  for (let step = 0; step < 25; step++) training.train(agent.memory.added)
  expect(agent.dropped).toBe(0)
  expect(backend.tf.memory().numTensors).toBe(tensors)
})

test('what comes in while a step lasts is no part of it', () => {
  const train = (meanwhile: number) => {
    const agent = createAgent({ ...options, replayCapacity: 100 })
    const training = agentTraining(backend.tf, agent)
    const transitions = world(1)
    for (let n = 0; n < 500; n++) agent.remember(transitions.next().value)
    for (let n = 0; n < meanwhile; n++) agent.remember(transitions.next().value)
    training.train(500)
    return agent.save()['actor']
  }
  expect(train(options.batch)).toEqual(train(0))
  // One more than a block takes the place of what replay may draw.
  expect(train(options.batch + 100)).not.toEqual(train(0))
})

test('the critic says how its value changes with the action', () => {
  const { tf } = backend
  const random = seededRandom(4, 'test')
  const critic = createCritic(options, random)
  const size = options.hidden + options.short + options.profile + options.candidate
  const state = Float32Array.from({ length: size }, () => random.normal())
  const value = (action: number) => {
    const pass = criticForward(
      tf,
      toTensors(tf, critic),
      tf.tensor2d(state, [1, size]),
      Float32Array.of(action),
      Float32Array.of(0.4),
    )
    return { q: pass.output.dataSync()[0]!, slope: actionGradient(tf, toTensors(tf, critic), pass)[0]! }
  }
  tf.tidy(() => {
    const measured = (value(0.501).q - value(0.499).q) / 0.002
    expect(Math.abs(value(0.5).slope - measured)).toBeLessThan(0.01 * Math.max(1, Math.abs(measured)))
  })
})
