import type { Random } from '../../state/random.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { columnSet, floatColumn } from '../../state/slot-column.ts'
import { embeddings, firstSquare, rateOf, squareOf, type TokensOfItems } from './embeddings.ts'

export interface NetworkSizes {
  /** Numbers of an item, and of the hidden layer. */
  size: number
  hidden: number
  /** Adagrad's rate for items; layers take half of it. */
  rate: number
}

/**
 * Says from a user's last items which one comes next: three sums of item vectors (the last one; fading fast; fading slowly), a layer
 * of tanh, and a vector that is compared with those of items. A vector is the item's own and those of its tokens, added.
 *
 *     network.begin(item)                               // an item of which nothing is known yet
 *     network.look(history, count)                      // newest first; −1 where it is forgotten
 *     network.score(item)                               // a logit
 *     network.learn(history, count, target, others, corrections)
 *
 * Learned by a sampled softmax whose logits are corrected by log q, how likely each item was to be sampled (Bengio and Senécal
 * 2008; Yi et al., RecSys 2019), with Adagrad (Duchi et al. 2011) by rows: a vector of an item, or of a unit, has one rate.
 */
export interface SequenceNetwork {
  begin(item: number): void
  reset(item: number): void
  look(history: Int32Array, count: number): void
  score(item: number): number
  /** `target` came next, and not the `others`; `corrections`: log q of the target, then of the others. */
  learn(history: Int32Array, count: number, target: number, others: Int32Array, corrections: Float64Array): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** How much of an item is left in the fast sum with each item after it, and in the slow one. */
const [fast, slow] = [0.6, 0.92]
/** Items further back say nothing, and still less to learn from. */
const [reach, learnedReach] = [30, 10]

export function sequenceNetwork(
  { size, hidden, rate }: NetworkSizes,
  tokens: TokensOfItems,
  random: Random,
): SequenceNetwork {
  const wide = 3 * size
  const before = embeddings(size, rate, tokens, random) // of items that came before
  const after = embeddings(size, rate, tokens, random) // of items that may come next
  const bias = floatColumn()
  const biasSquares = floatColumn(1, 0.01)
  const biases = columnSet({ bias, squares: biasSquares })
  const layers = {
    first: normals(hidden * wide, 1 / Math.sqrt(wide), random), // [h, 3d]
    firstBias: new Float32Array(hidden),
    second: normals(size * hidden, 1 / Math.sqrt(hidden), random), // [d, h]
    firstSquares: new Float32Array(hidden).fill(firstSquare),
    biasSquares: new Float32Array(hidden).fill(firstSquare),
    secondSquares: new Float32Array(size).fill(firstSquare),
  }
  const vector = new Float64Array(size)
  const sums = new Float64Array(wide)
  const units = new Float64Array(hidden)
  const pointer = new Float64Array(size)
  const pointerGradient = new Float64Array(size)
  const unitGradient = new Float64Array(hidden)
  const sumGradient = new Float64Array(wide)
  let logits = new Float64Array(128)

  const look = (history: Int32Array, count: number): void => {
    sums.fill(0)
    for (let h = 0, near = 1, far = 1; h < Math.min(count, reach); h++, near *= fast, far *= slow) {
      if (history[h]! < 0) continue
      before.read(history[h]!, vector)
      for (let k = 0; k < size; k++) {
        const value = vector[k]!
        if (h === 0) sums[k] = value
        sums[size + k]! += near * value
        sums[2 * size + k]! += far * value
      }
    }
    for (let r = 0, at = 0; r < hidden; r++) {
      let sum = layers.firstBias[r]!
      for (let c = 0; c < wide; c++, at++) sum += layers.first[at]! * sums[c]!
      units[r] = Math.tanh(sum)
    }
    for (let k = 0, at = 0; k < size; k++) {
      let sum = 0
      for (let r = 0; r < hidden; r++, at++) sum += layers.second[at]! * units[r]!
      pointer[k] = sum
    }
    after.compare(pointer)
  }
  const score = (item: number): number => bias.data[item]! + after.product(item)

  /** Turn the logits of `count` items into what each is wrong by: its probability, less 1 for the first. */
  const toErrors = (count: number): void => {
    let highest = Number.NEGATIVE_INFINITY
    for (let n = 0; n < count; n++) highest = Math.max(highest, logits[n]!)
    let sum = 0
    for (let n = 0; n < count; n++) sum += logits[n] = Math.exp(logits[n]! - highest)
    for (let n = 0; n < count; n++) logits[n] = logits[n]! / sum - (n === 0 ? 1 : 0)
  }
  const stepItem = (item: number, error: number): void => {
    after.wrong(item, error, pointerGradient)
    bias.data[item]! -= error * rateOf(biasSquares.data, item, error * error, rate)
  }
  const stepLayers = (): void => {
    unitGradient.fill(0)
    const unitLength = squareOf(units)
    for (let k = 0, at = 0; k < size; k++) {
      const error = pointerGradient[k]!
      const step = error * rateOf(layers.secondSquares, k, (error * error * unitLength) / hidden, rate / 2)
      for (let r = 0; r < hidden; r++, at++) {
        unitGradient[r]! += error * layers.second[at]!
        layers.second[at]! -= step * units[r]!
      }
    }
    sumGradient.fill(0)
    const sumLength = squareOf(sums)
    for (let r = 0, at = 0; r < hidden; r++) {
      const error = unitGradient[r]! * (1 - units[r]! * units[r]!)
      const step = error * rateOf(layers.firstSquares, r, (error * error * sumLength) / wide, rate / 2)
      layers.firstBias[r]! -= error * rateOf(layers.biasSquares, r, error * error, rate / 2)
      for (let c = 0; c < wide; c++, at++) {
        sumGradient[c]! += error * layers.first[at]!
        layers.first[at]! -= step * sums[c]!
      }
    }
  }
  const stepHistory = (history: Int32Array, count: number): void => {
    for (let h = 0, near = 1, far = 1; h < Math.min(count, learnedReach); h++, near *= fast, far *= slow) {
      const item = history[h]!
      if (item < 0) continue
      for (let k = 0; k < size; k++) {
        vector[k] = near * sumGradient[size + k]! + far * sumGradient[2 * size + k]! + (h === 0 ? sumGradient[k]! : 0)
      }
      before.step(item, vector)
    }
  }

  return {
    begin(item) {
      before.begin(item)
      after.begin(item)
    },
    reset(item) {
      for (const part of [before, after, biases]) part.reset(item)
    },
    look,
    score,
    learn(history, count, target, others, corrections) {
      look(history, count)
      if (logits.length <= others.length) logits = new Float64Array(2 * others.length + 2)
      logits[0] = score(target) - corrections[0]!
      for (let n = 0; n < others.length; n++) {
        logits[n + 1] = others[n] === target ? Number.NEGATIVE_INFINITY : score(others[n]!) - corrections[n + 1]!
      }
      toErrors(others.length + 1)
      pointerGradient.fill(0)
      stepItem(target, logits[0]!)
      for (let n = 0; n < others.length; n++) {
        if (Math.abs(logits[n + 1]!) >= leastError) stepItem(others[n]!, logits[n + 1]!)
      }
      after.settle(pointerGradient)
      stepLayers()
      stepHistory(history, count)
    },
    save: count => ({
      ...prefixed('before', before.save(count)),
      ...prefixed('after', after.save(count)),
      ...prefixed('biases', biases.save(count)),
      ...prefixed('layers', layers),
    }),
    restore(arrays) {
      before.restore(withPrefix('before', arrays))
      after.restore(withPrefix('after', arrays))
      biases.restore(withPrefix('biases', arrays))
      const saved = withPrefix('layers', arrays)
      for (const [name, values] of Object.entries(layers)) values.set(saved[name] as Float32Array)
    },
  }
}

/** What is wrong by less moves nothing. */
const leastError = 1e-5

function normals(length: number, spread: number, random: Random): Float32Array {
  return Float32Array.from({ length }, () => spread * random.normal())
}
