import type { Tensor2D } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createActor } from '../../../../src/agents/ddpg-la/paper/actor.ts'
import { createCritic } from '../../../../src/agents/ddpg-la/paper/critic.ts'
import { ablations, ourPreset, type PaperOptions } from '../../../../src/agents/ddpg-la/paper/options.ts'
import { recurrent } from '../../../../src/agents/ddpg-la/paper/recurrent.ts'
import { buckets, chunks } from '../../../../src/agents/ddpg-la/paper/world.ts'
import { type Backend, openBackend } from '../../../../src/model/backend.ts'
import { seededRandom } from '../../../../src/model/random.ts'
import { rlstmForward } from '../../../../src/model/rlstm.ts'
import { moodWorld } from './mood-world.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend('cpu')
})
afterAll(() => expect(backend.tf.memory().numTensors).toBe(0))

const random = seededRandom(5, 'test')
const numbers = (count: number) => Float32Array.from({ length: count }, () => random.normal())

/** Slopes of `loss` along some of the numbers, by central differences, beside what was worked out. */
function expectSlopes(values: Float32Array, gradient: Float32Array, loss: () => number): void {
  const step = 4e-3
  const stride = Math.max(1, Math.floor(values.length / 60))
  const pairs: [number, number][] = []
  for (let k = 0; k < values.length; k += stride) {
    const value = values[k]!
    values[k] = value + step
    const above = loss()
    values[k] = value - step
    const below = loss()
    values[k] = value
    pairs.push([gradient[k]!, (above - below) / (2 * step)])
  }
  const size = Math.max(...pairs.map(([, slope]) => Math.abs(slope)), 1e-3)
  for (const [given, slope] of pairs) expect(Math.abs(given - slope) / size).toBeLessThan(0.02)
}

const small: Partial<PaperOptions> = {
  hiddenSize: 5,
  shortSize: 3,
  embeddingSize: 2,
  usersPerBatch: 4,
  eventsPerChunk: 7,
}

describe.each(ablations)('an actor with long $long and short $short', interests => {
  test.each(['paper', 'rich'] as const)('has the gradients that finite differences give, %s record', record => {
    const { tf } = backend
    const world = moodWorld({ users: 4, events: 12 })
    const options = { ...ourPreset, ...small, interests, record, seed: 1 }
    const actor = createActor(tf, options, world, random)
    // Weights of a size at which everything matters, and biases that keep ReLUs away from their kink.
    actor.network.values.set(numbers(actor.network.values.length).map(value => value * 0.5))
    actor.tables.values.set(numbers(actor.tables.values.length).map(value => value * 0.5))
    for (const name of ['first', 'second', 'last'] as const) {
      actor.network.view(name).set(actor.network.view(name).map(value => value * 0.15))
    }
    actor.network.view('firstBias').fill(3)
    actor.network.view('secondBias').fill(4)
    // The second chunk: full windows, and a recurrent state that is not zero.
    const [bucket] = buckets(world, 4)
    const [, chunk] = chunks(bucket!, options.eventsPerChunk, () => true)
    const carry = numbers(actor.start(4).length).map(value => value * 0.3)
    const pull = numbers(4 * chunk!.events)
    const forward = () => actor.forward(chunk!, carry.slice(), row => row % 5 !== 0)!
    const loss = () => tf.tidy(() => forward().actions.reduce((sum, action, n) => sum + action * pull[n]!, 0))
    const gradients = tf.tidy(() => {
      const pass = forward()
      const { network, tables } = actor.backward(pass, pull.slice(0, pass.rows.length))
      return { network: network.slice(), tables: tables.slice() }
    })
    expectSlopes(actor.network.values, gradients.network, loss)
    if (record === 'rich') expectSlopes(actor.tables.values, gradients.tables, loss)
  })
})

test('the critic has the gradients that finite differences give, and says how its value changes with the action', () => {
  const { tf } = backend
  const [states, width] = [6, 4]
  const critic = createCritic(tf, width, random)
  critic.weights.view('firstBias').fill(5)
  critic.weights.view('secondBias').fill(9)
  const [values, actions, goals] = [numbers(states * width), numbers(states), numbers(states)]
  goals[2] = Number.NaN
  const state = () => tf.tensor2d(values, [states, width]) as Tensor2D
  const loss = () => tf.tidy(() => critic.loss(state(), actions, goals).loss)
  const gradient = tf.tidy(() => critic.loss(state(), actions, goals).gradient.slice())
  expectSlopes(critic.weights.values, gradient, loss)
  const slopes = tf.tidy(() => critic.slopes(state(), actions).slopes.slice())
  expectSlopes(actions, slopes, () => tf.tidy(() => critic.values(state(), actions).reduce((sum, q) => sum + q, 0)))
})

test.each(['lift', 'identity'] as const)('the cell is that of the model folder, enhancement %s', enhancement => {
  const { tf } = backend
  const [B, T, H] = [2, 3, 4]
  const cell = recurrent(B * T, H, enhancement)
  const [drive, weights, carry] = [numbers(B * T * 4 * H), numbers(H * 4 * H), numbers(B * 2 * H)]
  const started = carry.slice()
  cell.forward(B, T, drive, (b, t) => (b * T + t) * 4 * H, weights, carry)
  const identity = Float32Array.from({ length: 16 * H * H }, (_, k) => (k % (4 * H + 1) === 0 ? 1 : 0))
  const rows = (part: number) =>
    Float32Array.from({ length: B * H }, (_, k) => started[Math.floor(k / H) * 2 * H + part * H + (k % H)]!)
  tf.tidy(() => {
    // The records of that one stand step by step.
    const records = tf.reshape(tf.transpose(tf.tensor3d(drive, [B, T, 4 * H]), [1, 0, 2]), [T * B, 4 * H]) as Tensor2D
    const pass = rlstmForward(
      tf,
      { input: tf.tensor2d(identity, [4 * H, 4 * H]), hidden: tf.tensor2d(weights, [H, 4 * H]) },
      records,
      { hidden: tf.tensor2d(rows(0), [B, H]), cell: tf.tensor2d(rows(1), [B, H]) },
      enhancement,
    )
    const last = pass.hidden.dataSync()
    for (let b = 0; b < B; b++) {
      for (let k = 0; k < H; k++) expect(carry[b * 2 * H + k]).toBeCloseTo(last[b * H + k]!, 5)
    }
  })
})
