import type { Tensor2D } from '@tensorflow/tfjs-core'
import { inputGradient, type MlpPass, mlpBackward, mlpForward, mlpShapes } from '../../../nn/mlp.ts'
import {
  createParameters,
  fillNormal,
  flatten,
  type Parameters,
  toTensors,
  type Weights,
} from '../../../nn/parameters.ts'
import type { TensorFlow } from '../../../nn/tensorflow.ts'
import type { Random } from '../../../state/random.ts'
import { type Carry, type EncoderPass, encode, encodeBackward, encoderShapes, interestSizes } from './encoder.ts'
import { createTables, recordColumns, stateColumns, type Tables, tableShapes } from './features.ts'
import type { PaperOptions } from './options.ts'
import { type Chunk, positions, type World } from './world.ts'

/** Sizes of the two hidden layers of actor and critic. */
export const headSizes = [64, 32] as const

/** What the actor thinks of the wanted events of a chunk. N events, D state. */
export interface ActorPass {
  readonly chunk: Chunk
  /** Rows of the world, [N], and their places t·B + b in the chunk. */
  readonly rows: Int32Array
  readonly places: Int32Array
  /** s, [N, D]; belongs to the tf.tidy that is open. */
  readonly state: Tensor2D
  /** a = μ(s), [N]. */
  readonly actions: Float32Array
  readonly weights: Weights<NetworkShapes>
  readonly encoded: EncoderPass
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
  /** The recurrent state of users who have done nothing yet. */
  start(users: number): Carry
  /** Within tf.tidy. `carry` moves on to after the chunk; null when it has no wanted event. */
  forward(chunk: Chunk, carry: Carry, wanted: (row: number) => boolean): ActorPass | null
  /** Gradients of network and tables for gradients on the actions of the last pass, [N]; within the same tf.tidy. */
  backward(pass: ActorPass, dActions: Float32Array): { network: Float32Array; tables: Float32Array }
}

export function createActor(tf: TensorFlow, options: PaperOptions, world: World, random: Random): Actor {
  const tables = createTables(options, world, random)
  const columns = recordColumns(options, world, tables)
  const states = stateColumns(options, world, tables)
  const { long, short } = interestSizes(options)
  const network = createParameters(networkShapes(options, columns.width, states.width))
  fillNetwork(network, options, random)
  const networkGradient = new Float32Array(network.values.length)
  const tableGradient = createParameters(tableShapes(options, world))
  const rich = options.record === 'rich'

  /** [(T + 4)·B, R] */
  const recordsOf = ({ rows, users }: Chunk): Tensor2D => {
    const count = rows.length - users.length
    const values = new Float32Array(count * columns.width)
    for (let n = 0; n < count; n++) if (rows[n]! >= 0) columns.write(rows[n]!, values, n * columns.width)
    return tf.tensor2d(values, [count, columns.width])
  }

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
    start: users => ({
      hidden: new Float32Array(users * options.hiddenSize),
      cell: new Float32Array(users * options.hiddenSize),
    }),
    forward(chunk, carry, wanted) {
      const weights = toTensors(tf, network)
      const encoded = encode(tf, weights, recordsOf(chunk), carry, options)
      const { rows, places } = wantedEvents(chunk, wanted)
      if (rows.length === 0) return null
      const longs = (encoded.long?.pass.hiddens.dataSync() ?? none) as Float32Array // [T·B, H]
      const shorts = (encoded.short?.pass.output.dataSync() ?? none) as Float32Array // [T·B, S]
      const values = new Float32Array(rows.length * states.width)
      for (let n = 0; n < rows.length; n++) {
        states.write(rows[n]!, longs, shorts, places[n]!, values, n * states.width)
      }
      const state = tf.tensor2d(values, [rows.length, states.width]) // [N, D]
      const head = mlpForward(tf, weights, state)
      const output = head.output.dataSync()
      const actions = Float32Array.from(rows, (row, n) => sigmoid(output[n]! + byHeart(row)))
      return { chunk, rows, places, state, actions, weights, encoded, head }
    },
    backward({ chunk, rows, places, actions, weights, encoded, head }, dActions) {
      const dOutput = dActions.map((d, n) => d * actions[n]! * (1 - actions[n]!)) // [N]
      const { weights: dHead, dFirst } = mlpBackward(tf, weights, head, tf.tensor2d(dOutput, [rows.length, 1]))
      const dLearned = inputGradient(tf, weights, dFirst, 0, states.learned).dataSync() as Float32Array // [N, learned]
      const count = chunk.users.length * chunk.events
      const [dLong, dShort] = [new Float32Array(count * long), new Float32Array(count * short)] // [T·B, ·]
      tableGradient.values.fill(0)
      for (let n = 0; n < rows.length; n++) {
        const [from, place] = [n * states.learned, places[n]!]
        for (let k = 0; k < long; k++) dLong[place * long + k] = dLearned[from + k]!
        for (let k = 0; k < short; k++) dShort[place * short + k] = dLearned[from + long + k]!
        if (rich) states.backward(rows[n]!, dLearned, from, tableGradient)
        if (rich) addByHeart(rows[n]!, dOutput[n]!)
      }
      const dEncoder = encodeBackward(tf, weights, encoded, dLong, dShort, options)
      flatten(network, { ...dEncoder, ...dHead }, networkGradient)
      return { network: networkGradient, tables: tableGradient.values }
    },
  }

  /** What a gradient on the output of one event means for biases and embeddings. */
  function addByHeart(row: number, d: number): void {
    const [user, item, size] = [world.user[row]!, world.item[row]!, options.embeddingSize]
    const [p, q] = [tables.view('userEmbedding'), tables.view('itemEmbedding')]
    const [dP, dQ] = [tableGradient.view('userEmbedding'), tableGradient.view('itemEmbedding')]
    tableGradient.view('userBias')[user]! += d
    tableGradient.view('itemBias')[item]! += d
    for (let k = 0; k < size; k++) {
      dP[user * size + k]! += d * q[item * size + k]!
      dQ[item * size + k]! += d * p[user * size + k]!
    }
  }
}

const none = new Float32Array(0)
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

const networkShapes = (options: PaperOptions, record: number, state: number) => ({
  ...encoderShapes(options, record),
  ...mlpShapes(state, headSizes),
})
type NetworkShapes = ReturnType<typeof networkShapes>

function fillNetwork(network: Parameters<NetworkShapes>, options: PaperOptions, random: Random): void {
  const { long } = interestSizes(options)
  const [record, gates] = network.shapes.input
  fillNormal(network.view('input'), 1 / Math.sqrt(record), random)
  fillNormal(network.view('hidden'), 1 / Math.sqrt(Math.max(1, long)), random)
  fillNormal(network.view('attention'), 1 / Math.sqrt(record), random)
  // A record's last number is the constant 1, so its weights are biases: the forget gate's starts at 1, which is to remember.
  const biases = network.view('input').subarray((record - 1) * gates)
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

/** The events of a chunk to think about, all users' first ones first. */
function wantedEvents(
  { rows: all, users }: Chunk,
  wanted: (row: number) => boolean,
): { rows: Int32Array; places: Int32Array } {
  const rows: number[] = []
  const places: number[] = []
  const before = positions * users.length
  for (let at = before; at < all.length; at++) {
    if (all[at]! < 0 || !wanted(all[at]!)) continue
    rows.push(all[at]!)
    places.push(at - before)
  }
  return { rows: Int32Array.from(rows), places: Int32Array.from(places) }
}
