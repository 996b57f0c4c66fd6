import type { Tensor2D } from '@tensorflow/tfjs-core'
import { kernelsOf } from '../../nn/kernels/kernels-of.ts'
import type { TensorFlow } from '../../nn/tensorflow.ts'
import type { Random } from '../../state/random.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'
import type { Catalogue } from '../catalogue.ts'
import type { Observed } from './encoder.ts'
import type { History } from './history.ts'
import { contextSize, type Happening, recordSize, writeContext, writeRecord } from './record.ts'

/**
 * The replay buffer of planning agents: transitions of all users in one ring, each knowing the one before and after it.
 *
 * A transition keeps what happened, the decision's context, and what stood before the user's window then; the window
 * itself follows from the transitions before it. Memory: about 4·(2·H·networks + P + D + 10) bytes a transition.
 */
export interface Transitions {
  /** Transitions ever added. */
  readonly added: number
  /** How many are held. */
  readonly held: number
  /** Remember what came of a decision; call after `history.look` of the decision, with what `history.add` gave. */
  add(user: number, happening: Happening, propensity: number): number
  /** Draw places of transitions with at least `steps` of the same user after them; fewer than `count` where they are rare. */
  sample(count: number, steps: number, random: Random): Int32Array
  /** Whether the transition at this place has at least `steps` after it. */
  reaches(place: number, steps: number): boolean
  /** Place of the next transition of the same user, −1 if there is none. */
  next(place: number): number
  /** Place of the one before it, −1 if there is none. */
  before(place: number): number
  item(place: number): number
  reward(place: number): number
  propensity(place: number): number
  /** Days between this transition's record and the next one; 0 inside a session. */
  daysAfter(place: number): number
  /** Clear the transition of this number and those of the same user before it: they are not drawn any more; their places. */
  forget(number: number): number[]
  /** The place of a number that `add` gave, −1 if it was overwritten. */
  placeOf(number: number): number
  /** What the users of these transitions had been shown before, for one network; tensors belong to the enclosing tf.tidy. */
  observed(tf: TensorFlow, places: Int32Array, network: number): Observed
  tastes(tf: TensorFlow, places: Int32Array): Tensor2D
  /** The items among the last `count` shown to the user before the transition, as long as one is left, some more than once. */
  eachBarred(place: number, count: number, bar: (item: number) => void): void
  /** −10⁹ where an item was among the last `count` shown to the user before the transition, as long as one is left, else 0, [B, I]. */
  barred(tf: TensorFlow, places: Int32Array, count: number): Tensor2D
  /** Vectors of items, [B, D]. */
  vectorsOf(tf: TensorFlow, items: Int32Array): Tensor2D
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export function createTransitions(
  catalogue: Catalogue,
  history: History,
  options: { capacity: number; positions: number; hidden: number; networks: number },
): Transitions {
  const { capacity, positions, hidden: units, networks } = options
  const { itemSize, profileSize } = catalogue
  const record = recordSize(catalogue)
  const ring = {
    items: new Int32Array(capacity),
    outcomes: new Float32Array(4 * capacity), // reward, like, gap, place
    contexts: new Float32Array(2 * capacity), // gap and place as of the decision
    propensities: new Float64Array(capacity),
    previous: new Float64Array(capacity),
    following: new Float64Array(capacity),
    states: new Float32Array(2 * units * networks * capacity),
    profiles: new Float32Array(profileSize * capacity),
    tastes: new Float32Array(itemSize * capacity),
    counts: new Float64Array(1),
  }
  const { items, outcomes, contexts, propensities, previous, following, states, profiles, tastes, counts } = ring
  const placeOf = (number: number) => (number >= 0 && number >= counts[0]! - capacity ? number % capacity : -1)
  const next = (place: number) => placeOf(following[place]!)
  const reaches = (place: number, steps: number): boolean => {
    let at = place
    for (let k = 0; k < steps; k++) if ((at = next(at)) < 0) return false
    return true
  }
  /** Number of the call in which an item was barred last. */
  let barredIn = new Float64Array(0)
  let barring = 0
  const eachBarred = (place: number, count: number, bar: (item: number) => void): void => {
    if (barredIn.length < catalogue.itemCount) barredIn = new Float64Array(2 * catalogue.itemCount)
    barring += 1
    let at = placeOf(previous[place]!)
    // One item is always left: with all of them barred, the best would be worth what barred ones are.
    for (let k = 0, left = catalogue.itemCount; k < count && at >= 0 && left > 1; k++, at = placeOf(previous[at]!)) {
      const item = items[at]!
      if (barredIn[item] !== barring) left -= 1
      barredIn[item] = barring
      bar(item)
    }
  }
  const happening: Happening = { item: 0, reward: 0, like: 0, gap: 0, place: 0 }

  return {
    get added() {
      return counts[0]!
    },
    get held() {
      return Math.min(counts[0]!, capacity)
    },
    add(user, { item, reward, like, gap, place }, propensity) {
      const number = counts[0]!
      const at = number % capacity
      items[at] = item
      outcomes.set([reward, like, gap, place], 4 * at)
      contexts.set([history.gap, history.place], 2 * at)
      propensities[at] = propensity
      for (let n = 0, to = 2 * units * networks * at; n < networks; n++, to += 2 * units) {
        states.set(history.hidden[n]!, to)
        states.set(history.cell[n]!, to + units)
      }
      profiles.set(history.rest.subarray(0, profileSize), profileSize * at)
      tastes.set(history.taste, itemSize * at)
      following[at] = -1
      const before = history.transition(user)
      previous[at] = before
      counts[0] = number + 1
      const earlier = placeOf(before)
      if (earlier >= 0) following[earlier] = number
      else previous[at] = -1
      history.setTransition(user, number)
      return number
    },
    sample(count, steps, random) {
      const found = new Int32Array(count)
      const held = Math.min(counts[0]!, capacity)
      let filled = 0
      for (let tries = 0; filled < count && tries < 20 * count && held > 0; tries++) {
        const place = (counts[0]! - 1 - random.integer(held)) % capacity
        if (reaches(place, steps)) found[filled++] = place
      }
      return found.subarray(0, filled)
    },
    forget(number) {
      const places: number[] = []
      for (let at = placeOf(number); at >= 0; ) {
        const before = previous[at]!
        places.push(at)
        for (const array of [items, outcomes, contexts, propensities, states, profiles, tastes]) {
          const width = array.length / capacity
          array.fill(0, at * width, (at + 1) * width)
        }
        previous[at] = -1
        following[at] = -1
        at = placeOf(before)
      }
      return places
    },
    ...{ reaches, next, placeOf, eachBarred },
    before: place => placeOf(previous[place]!),
    item: place => items[place]!,
    reward: place => outcomes[4 * place]!,
    propensity: place => propensities[place]!,
    daysAfter: place => outcomes[4 * next(place) + 2]!,
    observed(tf, places, network) {
      const batch = places.length
      const width = profileSize + contextSize
      const shapes = [
        [positions * batch, record],
        [batch, units],
        [batch, units],
        [batch, width],
      ] as const
      const tensors = kernelsOf(tf).compute([], shapes, (_, [records, hidden, cell, rest]) => {
        const vectors = catalogue.itemVectors()
        records!.fill(0)
        for (let b = 0; b < batch; b++) {
          const place = places[b]!
          for (
            let t = positions - 1, at = placeOf(previous[place]!);
            t >= 0 && at >= 0;
            t--, at = placeOf(previous[at]!)
          ) {
            happening.item = items[at]!
            happening.reward = outcomes[4 * at]!
            happening.like = outcomes[4 * at + 1]!
            happening.gap = outcomes[4 * at + 2]!
            happening.place = outcomes[4 * at + 3]!
            writeRecord(records!, (t * batch + b) * record, vectors, itemSize, happening)
          }
          const from = 2 * units * (networks * place + network)
          hidden!.set(states.subarray(from, from + units), b * units)
          cell!.set(states.subarray(from + units, from + 2 * units), b * units)
          rest!.set(profiles.subarray(profileSize * place, profileSize * (place + 1)), b * width)
          writeContext(rest!, b * width + profileSize, contexts[2 * place]!, contexts[2 * place + 1]!)
        }
      })
      const [records, hidden, cell, rest] = tensors as [Tensor2D, Tensor2D, Tensor2D, Tensor2D]
      return { records, hidden, cell, rest }
    },
    tastes(tf, places) {
      const rows = new Float32Array(places.length * itemSize)
      places.forEach((place, b) => {
        rows.set(tastes.subarray(itemSize * place, itemSize * (place + 1)), itemSize * b)
      })
      return tf.tensor2d(rows, [places.length, itemSize])
    },
    barred(tf, places, count) {
      const width = catalogue.itemCount
      const [rows] = kernelsOf(tf).compute([], [[places.length, width]], (_, [rows]) => {
        rows!.fill(0)
        for (let b = 0; b < places.length; b++) {
          eachBarred(places[b]!, count, item => {
            rows![b * width + item] = -1e9
          })
        }
      })
      return rows!
    },
    vectorsOf(tf, chosen) {
      const all = catalogue.itemVectors()
      const rows = new Float32Array(chosen.length * itemSize)
      chosen.forEach((item, b) => {
        rows.set(all.subarray(itemSize * item, itemSize * (item + 1)), itemSize * b)
      })
      return tf.tensor2d(rows, [chosen.length, itemSize])
    },
    save() {
      const held = Math.min(counts[0]!, capacity)
      return Object.fromEntries(
        Object.entries(ring).map(([name, array]) => [
          name,
          name === 'counts' ? array.slice() : array.slice(0, (array.length / capacity) * held),
        ]),
      )
    },
    restore(arrays) {
      for (const [name, array] of Object.entries(ring)) array.set(arrays[name] as never)
    },
  }
}

/**
 * n-step returns: Σ γ^k·e^(−days away)·r, what all of it is discounted by, and the place to bootstrap from.
 *
 * Time away belongs in the target: what comes after a long absence is worth less, so to keep somebody pays.
 */
export function returnsOf(
  transitions: Transitions,
  places: Int32Array,
  { gamma, steps, scale, awayDays }: { gamma: number; steps: number; scale: number; awayDays: number },
): { returns: Float32Array; discounts: Float32Array; last: Int32Array } {
  const returns = new Float32Array(places.length)
  const discounts = new Float32Array(places.length)
  const last = new Int32Array(places.length)
  for (let b = 0; b < places.length; b++) {
    let at = places[b]!
    let sum = 0
    let discount = 1
    for (let k = 0; k < steps; k++) {
      sum += discount * scale * transitions.reward(at)
      discount *= gamma * Math.exp(-transitions.daysAfter(at) / awayDays)
      at = transitions.next(at)
    }
    returns[b] = sum
    discounts[b] = discount
    last[b] = at
  }
  return { returns, discounts, last }
}
