import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../../../model/backend.ts'
import type { Weights } from '../../../model/parameters.ts'
import { enhancementOf, type PaperOptions, weightingOf } from './options.ts'
import { recurrent } from './recurrent.ts'
import { windowAttention } from './window-attention.ts'
import { type Chunk, positions } from './world.ts'

/** What the encoder reads of each record, and what it needs to pass gradients on to embeddings. */
export interface RecordColumns {
  /** Numbers in the part of a record that changes from event to event, and in the user's part. */
  readonly eventWidth: number
  readonly userWidth: number
  /** Write the event's part of a record at `to`; its last number is a constant 1. */
  event(row: number, target: Float32Array, to: number): void
  user(user: number, target: Float32Array, to: number): void
}

/** Sizes of the two interests; zero where the variant has none. */
export function interestSizes(options: PaperOptions): { long: number; short: number } {
  return {
    long: options.interests.long === 'none' ? 0 : options.hiddenSize,
    short: options.interests.short === 'none' ? 0 : options.shortSize,
  }
}

/**
 * A record's product with `events` and `users` gives at once what the gates of the long interest need, 4H, and query, key
 * and value for each of the five positions that it will stand at, 15S.
 */
export function encoderShapes(options: PaperOptions, columns: RecordColumns) {
  const { long, short } = interestSizes(options)
  const width = 4 * long + 3 * positions * short
  return { events: [columns.eventWidth, width], users: [columns.userWidth, width], hidden: [long, 4 * long] } as const
}
export type EncoderShapes = ReturnType<typeof encoderShapes>

/** Long and short interest before every event of a chunk. B users, T events, H long, S short. */
export interface Encoder {
  /** [B·T, H + S]; `carry`, [B, 2H], is the recurrent state before the chunk and becomes the one after it. */
  readonly interests: Float32Array
  forward(weights: Weights<EncoderShapes>, hidden: Float32Array, chunk: Chunk, carry: Float32Array): void
  /** Gradients of the weights for gradients on the interests, [B·T, H + S], and of the records' event part, [B·(T + 4), ·]. */
  backward(
    weights: Weights<EncoderShapes>,
    hidden: Float32Array,
    dInterests: Float32Array,
    inputs: readonly [from: number, count: number],
  ): { weights: Weights<EncoderShapes>; dEvents: Float32Array | null }
}

export function createEncoder(tf: TensorFlow, options: PaperOptions, columns: RecordColumns): Encoder {
  const { long, short } = interestSizes(options)
  const size = long + short
  const width = 4 * long + 3 * positions * short
  const capacity = options.usersPerBatch * options.eventsPerChunk
  const cell = recurrent(capacity, long, enhancementOf(options.interests.long))
  const attention = windowAttention(capacity, short, weightingOf(options.interests.short))
  const interests = new Float32Array(capacity * size)
  let chunk: Chunk
  let projected: Float32Array
  let records: Float32Array
  let users: Float32Array

  // A chunk's records are those of each user from five before its first event to one before its last: T + 4 rows.
  const perUser = () => chunk.events + positions - 1
  const isRecord = (b: number, r: number) => chunk.rows[b * (chunk.events + positions) + r]! >= 0
  const gatesAt = (b: number, t: number) => (b * perUser() + t + positions - 1) * width
  const positionAt = (n: number, p: number) => {
    const b = Math.floor(n / chunk.events)
    return (b * perUser() + (n % chunk.events) + p) * width + 4 * long + p * 3 * short
  }

  /** What `change` does to each row of a matrix [B·(T + 4), width] that belongs to a record. */
  const eachRecord = (change: (b: number, to: number) => void) => {
    for (let b = 0; b < chunk.users.length; b++) {
      for (let r = 0; r < perUser(); r++) if (isRecord(b, r)) change(b, (b * perUser() + r) * width)
    }
  }

  return {
    interests,
    forward(weights, hidden, next, carry) {
      chunk = next
      const batch = chunk.users.length
      records = new Float32Array(batch * perUser() * columns.eventWidth)
      users = new Float32Array(batch * columns.userWidth)
      for (let b = 0; b < batch; b++) {
        columns.user(chunk.users[b]!, users, b * columns.userWidth)
        for (let r = 0; r < perUser(); r++) {
          const row = chunk.rows[b * (chunk.events + positions) + r]!
          if (row >= 0) columns.event(row, records, (b * perUser() + r) * columns.eventWidth)
        }
      }
      projected = tf
        .matMul(tf.tensor2d(records, [batch * perUser(), columns.eventWidth]), weights.events)
        .dataSync() as Float32Array // [B·(T + 4), 4H + 15S]
      const shared = tf.matMul(tf.tensor2d(users, [batch, columns.userWidth]), weights.users).dataSync() // [B, 4H + 15S]
      eachRecord((b, to) => {
        for (let k = 0, from = b * width; k < width; k++) projected[to + k]! += shared[from + k]!
      })
      const count = batch * chunk.events
      if (long > 0) cell.forward(batch, chunk.events, projected, gatesAt, hidden, carry)
      if (short > 0) attention.forward(count, projected, positionAt)
      for (let n = 0; n < count; n++) {
        for (let k = 0; k < long; k++) interests[n * size + k] = cell.outputs[n * long + k]!
        for (let k = 0; k < short; k++) interests[n * size + long + k] = attention.outputs[n * short + k]!
      }
    },
    backward(weights, hidden, dInterests, [from, inputs]) {
      const batch = chunk.users.length
      const count = batch * chunk.events
      const dProjected = new Float32Array(projected.length)
      if (long > 0) cell.backward(dProjected, gatesAt, hidden, dInterests, size)
      if (short > 0) attention.backward(dProjected, projected, positionAt, dInterests, long, size)
      const dShared = new Float32Array(batch * width)
      eachRecord((b, at) => {
        for (let k = 0, to = b * width; k < width; k++) dShared[to + k]! += dProjected[at + k]!
      })
      const dDrive = new Float32Array(count * 4 * long)
      for (let n = 0; n < count; n++) {
        const start = gatesAt(Math.floor(n / chunk.events), n % chunk.events)
        for (let k = 0; k < 4 * long; k++) dDrive[n * 4 * long + k] = dProjected[start + k]!
      }
      const all = tf.tensor2d(dProjected, [batch * perUser(), width])
      const product = (left: Float32Array, columns: number, right: Tensor2D): Tensor2D =>
        tf.matMul(tf.tensor2d(left, [right.shape[0], columns]), right, true)
      const rows = tf.slice(weights.events, [from, 0], [inputs, width])
      return {
        weights: {
          events: product(records, columns.eventWidth, all), // [R, 4H + 15S]
          users: product(users, columns.userWidth, tf.tensor2d(dShared, [batch, width])), // [U, 4H + 15S]
          hidden:
            long === 0
              ? weights.hidden
              : product(cell.before.subarray(0, count * long), long, tf.tensor2d(dDrive, [count, 4 * long])), // [H, 4H]
        },
        dEvents: inputs === 0 ? null : (tf.matMul(all, rows, false, true).dataSync() as Float32Array), // [B·(T + 4), inputs]
      }
    },
  }
}
