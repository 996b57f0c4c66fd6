import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../../../model/backend.ts'
import { inputGradient, type MlpPass, mlpBackward, mlpForward, mlpShapes } from '../../../model/mlp.ts'
import {
  createParameters,
  fillNormal,
  flatten,
  type Parameters,
  toTensors,
  type Weights,
} from '../../../model/parameters.ts'
import type { Random } from '../../../model/random.ts'
import { createEncoder, encoderShapes, interestSizes, type RecordColumns } from './encoder.ts'
import { createTables, embeddingColumns, recordColumns, stateColumns, type Tables, tableShapes } from './features.ts'
import type { PaperOptions } from './options.ts'
import { sigmoid } from './recurrent.ts'
import { type Chunk, positions, type World } from './world.ts'

/** Sizes of the two hidden layers of actor and critic. */
export const headSizes = [64, 32] as const

/** What the actor thinks of the wanted events of a chunk. N events, D state. */
export interface ActorPass {
  /** Rows of the world, [N], and their places b·T + t in the chunk. */
  readonly rows: Int32Array
  readonly places: Int32Array
  /** s, [N, D]; belongs to the tf.tidy that is open. */
  readonly state: Tensor2D
  /** a = μ(s), [N]. */
  readonly actions: Float32Array
  readonly weights: Weights<NetworkShapes>
  readonly head: MlpPass
}

/**
 * μ(s), the deterministic policy: an action in [0, 1], through a sigmoid, that is the predicted reward.
 *
 * In the paper's form sigmoid(head(s)); in the rich form biases and the product of the embeddings are added to the head's
 * output, so that the head need not learn to multiply.
 */
export interface Actor {
  readonly stateWidth: number
  readonly network: Parameters<NetworkShapes>
  readonly tables: Tables
  /** The recurrent state of users who have done nothing yet, [B, 2H]. */
  start(users: number): Float32Array
  /** Within tf.tidy. `carry` moves on to after the chunk; null when it has no wanted event. */
  forward(chunk: Chunk, carry: Float32Array, wanted: (row: number) => boolean): ActorPass | null
  /** Gradients of network and tables for gradients on the actions of the last pass, [N]; within the same tf.tidy. */
  backward(pass: ActorPass, dActions: Float32Array): { network: Float32Array; tables: Float32Array }
}

export function createActor(tf: TensorFlow, options: PaperOptions, world: World, random: Random): Actor {
  const tables = createTables(options, world, random)
  const columns = recordColumns(options, world, tables)
  const states = stateColumns(options, world, tables)
  const embedded = embeddingColumns(options, world)
  const encoder = createEncoder(tf, options, columns)
  const { long, short } = interestSizes(options)
  const interest = long + short
  const network = createParameters(networkShapes(options, columns, states.width))
  fillNetwork(network, options, columns.eventWidth + columns.userWidth, random)
  const networkGradient = new Float32Array(network.values.length)
  const tableGradient = createParameters(tableShapes(options, world))
  const rich = options.record === 'rich'
  let last: Chunk

  /** What the rich form adds to the head's output: b_u + b_i + p_u·q_i. */
  const byHeart = (row: number): number => {
    if (!rich) return 0
    const [user, item, size] = [world.user[row]!, world.item[row]!, options.embeddingSize]
    const [p, q] = [tables.view('userEmbedding'), tables.view('itemEmbedding')]
    let sum = tables.view('userBias')[user]! + tables.view('itemBias')[item]!
    for (let k = 0; k < size; k++) sum += p[user * size + k]! * q[item * size + k]!
    return sum
  }
  return {
    stateWidth: states.width,
    network,
    tables,
    start: users => new Float32Array(users * 2 * long),
    forward(chunk, carry, wanted) {
      last = chunk
      const weights = toTensors(tf, network)
      encoder.forward(weights, network.view('hidden'), chunk, carry)
      const { rows, places } = wantedEvents(chunk, wanted)
      if (rows.length === 0) return null
      const values = new Float32Array(rows.length * states.width)
      for (let n = 0; n < rows.length; n++) {
        states.write(rows[n]!, encoder.interests, places[n]!, values, n * states.width)
      }
      const state = tf.tensor2d(values, [rows.length, states.width]) // [N, D]
      const head = mlpForward(tf, weights, state)
      const output = head.output.dataSync()
      const actions = Float32Array.from(rows, (row, n) => sigmoid(output[n]! + byHeart(row)))
      return { rows, places, state, actions, weights, head }
    },
    backward({ rows, places, actions, weights, head }, dActions) {
      const dOutput = dActions.map((d, n) => d * actions[n]! * (1 - actions[n]!)) // [N]
      const { weights: dHead, dFirst } = mlpBackward(tf, weights, head, tf.tensor2d(dOutput, [rows.length, 1]))
      const dLearned = inputGradient(tf, weights, dFirst, 0, states.learned).dataSync() as Float32Array // [N, learned]
      const dInterests = new Float32Array(last.users.length * last.events * interest) // [B·T, H + S]
      tableGradient.values.fill(0)
      for (let n = 0; n < rows.length; n++) {
        const from = n * states.learned
        for (let k = 0; k < interest; k++) dInterests[places[n]! * interest + k] = dLearned[from + k]!
        if (rich) states.backward(rows[n]!, dLearned, from, tableGradient)
      }
      const encoded = encoder.backward(weights, network.view('hidden'), dInterests, embedded)
      if (rich) addByHeart(rows, dOutput, encoded.dEvents!)
      flatten(network, { ...encoded.weights, ...dHead }, networkGradient)
      return { network: networkGradient, tables: tableGradient.values }
    },
  }

  /** Gradients of biases and embeddings from the output, and of embeddings from the records they stand in. */
  function addByHeart(rows: Int32Array, dOutput: Float32Array, dEvents: Float32Array): void {
    const size = options.embeddingSize
    const [p, q] = [tables.view('userEmbedding'), tables.view('itemEmbedding')]
    const [dP, dQ] = [tableGradient.view('userEmbedding'), tableGradient.view('itemEmbedding')]
    const [dUserBias, dItemBias] = [tableGradient.view('userBias'), tableGradient.view('itemBias')]
    for (let n = 0; n < rows.length; n++) {
      const [user, item, d] = [world.user[rows[n]!]!, world.item[rows[n]!]!, dOutput[n]!]
      dUserBias[user]! += d
      dItemBias[item]! += d
      for (let k = 0; k < size; k++) {
        dP[user * size + k]! += d * q[item * size + k]!
        dQ[item * size + k]! += d * p[user * size + k]!
      }
    }
    const [width, perUser] = [last.events + positions, last.events + positions - 1]
    for (let b = 0; b < last.users.length; b++) {
      for (let r = 0; r < perUser; r++) {
        const row = last.rows[b * width + r]!
        if (row < 0) continue
        const [to, from] = [world.item[row]! * size, (b * perUser + r) * size]
        for (let k = 0; k < size; k++) dQ[to + k]! += dEvents[from + k]!
      }
    }
  }
}

const networkShapes = (options: PaperOptions, columns: RecordColumns, stateWidth: number) => ({
  ...encoderShapes(options, columns),
  ...mlpShapes(stateWidth, headSizes),
})
type NetworkShapes = ReturnType<typeof networkShapes>

function fillNetwork(network: Parameters<NetworkShapes>, options: PaperOptions, record: number, random: Random): void {
  const { long } = interestSizes(options)
  const [rows, width] = network.shapes.events
  fillNormal(network.view('events'), 1 / Math.sqrt(record), random)
  fillNormal(network.view('users'), 1 / Math.sqrt(record), random)
  fillNormal(network.view('hidden'), 1 / Math.sqrt(Math.max(1, long)), random)
  // A record's last number is the constant 1, so its weights are biases: the forget gate's starts at 1, which is to remember.
  const biases = network.view('events').subarray((rows - 1) * width)
  biases.fill(0)
  biases.fill(1, 0, long)
  fillHead(network, network.shapes.first[0], random)
  // Small last weights: the first actions lie in the middle, where the sigmoid is steep.
  fillNormal(network.view('last'), 2e-3, random)
}

/** First weights of a head; the biases are zero. */
export function fillHead(head: Parameters<ReturnType<typeof mlpShapes>>, inputs: number, random: Random): void {
  fillNormal(head.view('first'), Math.sqrt(1 / inputs), random)
  fillNormal(head.view('second'), Math.sqrt(2 / headSizes[0]), random)
  fillNormal(head.view('last'), Math.sqrt(1 / headSizes[1]), random)
}

/** The events of a chunk to think about, user by user. */
function wantedEvents(chunk: Chunk, wanted: (row: number) => boolean): { rows: Int32Array; places: Int32Array } {
  const rows: number[] = []
  const places: number[] = []
  for (let b = 0; b < chunk.users.length; b++) {
    for (let t = 0; t < chunk.events; t++) {
      const row = chunk.rows[b * (chunk.events + positions) + positions + t]!
      if (row < 0 || !wanted(row)) continue
      rows.push(row)
      places.push(b * chunk.events + t)
    }
  }
  return { rows: Int32Array.from(rows), places: Int32Array.from(places) }
}
