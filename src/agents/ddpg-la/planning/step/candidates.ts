import type { Tensor3D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../../../../nn/tensorflow.ts'
import type { Random } from '../../../../state/random.ts'
import type { SavedArrays } from '../../../../state/saved-arrays.ts'
import { featureCount } from '../index/user-memory.ts'
import { productCount } from './networks.ts'

/** Items of a decision that are kept: those that stood highest, and others at random. */
export const candidateCounts = { highest: 20, others: 12 } as const
export const candidateCount = candidateCounts.highest + candidateCounts.others

/**
 * What a decision looked like, beside each transition in its ring: state numbers, features of what was shown and of candidates.
 *
 * 4·(S + 33·K) bytes a transition.
 */
export function decisions(capacity: number, stateSize: number) {
  const ring = {
    states: new Float32Array(capacity * stateSize),
    shown: new Float32Array(capacity * featureCount),
    candidates: new Float32Array(capacity * candidateCount * featureCount),
  }
  const entries = Object.entries(ring)
  const widthOf = (array: Float32Array) => array.length / capacity

  const gathered = (array: Float32Array, places: Int32Array): Float32Array => {
    const width = widthOf(array)
    const rows = new Float32Array(places.length * width)
    for (let b = 0; b < places.length; b++) {
      rows.set(array.subarray(places[b]! * width, (places[b]! + 1) * width), b * width)
    }
    return rows
  }
  return {
    add(place: number, state: Float64Array, shown: Float64Array, candidates: Float32Array) {
      ring.states.set(state, place * stateSize)
      ring.shown.set(shown, place * featureCount)
      ring.candidates.set(candidates, place * candidateCount * featureCount)
    },
    /** Whether a decision stands at this place that was not forgotten: the last number of its state is 1. */
    isKnown: (place: number) => ring.states[(place + 1) * stateSize - 1] === 1,
    forget(places: readonly number[]) {
      for (const place of places) {
        for (const [, array] of entries) array.fill(0, place * widthOf(array), (place + 1) * widthOf(array))
      }
    },
    /** [B, S] */
    states: (tf: TensorFlow, places: Int32Array) =>
      tf.tensor2d(gathered(ring.states, places), [places.length, stateSize]),
    /** Features and products of what was shown, [B, 1, P]. */
    shown: (tf: TensorFlow, places: Int32Array): Tensor3D =>
      tf.tensor3d(withProducts(gathered(ring.shown, places)), [places.length, 1, productCount]),
    /** Features of the candidates, [B, N, K], and those with their products, [B, N, P]. */
    candidates(tf: TensorFlow, places: Int32Array): { features: Tensor3D; products: Tensor3D } {
      const rows = gathered(ring.candidates, places)
      return {
        features: tf.tensor3d(rows, [places.length, candidateCount, featureCount]),
        products: tf.tensor3d(withProducts(rows), [places.length, candidateCount, productCount]),
      }
    },
    save: (held: number): SavedArrays =>
      Object.fromEntries(entries.map(([name, array]) => [name, array.slice(0, held * widthOf(array))])),
    restore(arrays: SavedArrays) {
      for (const [name, array] of entries) array.set(arrays[name] as Float32Array)
    },
  }
}

/** [f, f₁f₁, f₁f₂, …] of every row. */
function withProducts(rows: Float32Array): Float32Array {
  const count = rows.length / featureCount
  const all = new Float32Array(count * productCount)
  for (let row = 0, to = 0; row < count; row++) {
    const from = row * featureCount
    for (let k = 0; k < featureCount; k++) all[to++] = rows[from + k]!
    for (let k = 0; k < featureCount; k++) {
      for (let j = k; j < featureCount; j++) all[to++] = rows[from + k]! * rows[from + j]!
    }
  }
  return all
}

/** Which items are kept of a decision: the highest by score, then others at random; fewer items come more than once. */
export function pickCandidates() {
  const picked = new Int32Array(candidateCount)
  const { highest } = candidateCounts
  return (random: Random, scores: Float32Array, count: number, allowed: (item: number) => boolean): Int32Array => {
    let held = 0
    for (let item = 0; item < count; item++) {
      const score = scores[item]!
      if ((held === highest && score <= scores[picked[held - 1]!]!) || !allowed(item)) continue
      let at = held < highest ? held++ : held - 1
      while (at > 0 && scores[picked[at - 1]!]! < score) {
        picked[at] = picked[at - 1]!
        at -= 1
      }
      picked[at] = item
    }
    if (held === 0) return picked.fill(0)
    for (let at = held; at < highest; at++) picked[at] = picked[at % held]!
    for (let at = highest; at < candidateCount; at++) {
      picked[at] = picked[at % held]!
      for (let tries = 0; tries < 8; tries++) {
        const item = random.integer(count)
        if (!allowed(item)) continue
        picked[at] = item
        break
      }
    }
    return picked
  }
}
