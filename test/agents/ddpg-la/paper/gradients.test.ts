import type { Tensor2D } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, createActor } from '../../../../src/agents/ddpg-la/paper/actor.ts'
import { createCritic } from '../../../../src/agents/ddpg-la/paper/critic.ts'
import { ablations, ourPreset, type PaperOptions } from '../../../../src/agents/ddpg-la/paper/options.ts'
import { buckets, chunks } from '../../../../src/agents/ddpg-la/paper/world.ts'
import { type Backend, openBackend } from '../../../../src/nn/backend.ts'
import { seededRandom } from '../../../../src/state/random.ts'
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
  const stride = Math.max(1, Math.floor(values.length / 25))
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

/** Zero weights for the columns of records, before the last, that hold the item's embedding. */
function ignoreEmbeddings({ network }: Actor, name: 'input' | 'attention', { embeddingSize }: PaperOptions): void {
  const [record] = network.shapes.input
  const [, width] = network.shapes[name]
  const weights = network.view(name)
  for (let row = 0; row * width < weights.length; row++) {
    const column = row % record
    if (column >= record - 1 - embeddingSize && column < record - 1) weights.fill(0, row * width, (row + 1) * width)
  }
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
    const size = 4 * options.hiddenSize
    const [hidden, cell] = [numbers(size), numbers(size)].map(state => state.map(value => value * 0.3))
    const pull = numbers(4 * chunk!.events)
    const forward = () => actor.forward(chunk!, { hidden: hidden!, cell: cell! }, row => row % 5 !== 0)!
    const loss = () => tf.tidy(() => forward().actions.reduce((sum, action, n) => sum + action * pull[n]!, 0))
    const gradients = () =>
      tf.tidy(() => {
        const pass = forward()
        const { network, tables } = actor.backward(pass, pull.slice(0, pass.rows.length))
        return { network: network.slice(), tables: tables.slice() }
      })
    expectSlopes(actor.network.values, gradients().network, loss)
    if (record === 'rich') {
      // Embeddings within past records count as constants, so here they must not matter.
      for (const name of ['input', 'attention'] as const) ignoreEmbeddings(actor, name, options)
      expectSlopes(actor.tables.values, gradients().tables, loss)
    }
  })
})

test('the critic has the gradients that finite differences give, and says how its value changes with the action', () => {
  const { tf } = backend
  const [states, width] = [6, 4]
  const critic = createCritic(tf, width, 3, random)
  critic.weights.view('firstBias').fill(5)
  critic.weights.view('second').set(critic.weights.view('second').map(value => value * 0.2))
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
