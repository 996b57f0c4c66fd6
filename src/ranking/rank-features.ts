import { lengthClass, lengthClasses } from '../predictors/baselines/length-class.ts'
import { intColumn } from '../state/slot-column.ts'
import { slotMask } from './item-tags.ts'
import type { Neighbours } from './neighbours.ts'
import { type OwnItems, ownChannels } from './own-items.ts'
import type { Popularity } from './popularity.ts'
import { ownNames, scored } from './rank-feature-names.ts'
import { channels, type Transitions } from './transitions.ts'

/** What the ranker sees of candidates. */
export interface RankFeatures {
  readonly names: readonly string[]
  /**
   * Features of `count` candidates at an event time (ms), [count, names.length], one row each; overwritten by the next call.
   * Late scores are at their mean in it.
   */
  compute(
    user: number,
    time: number,
    candidates: Int32Array,
    count: number,
    extras: readonly ExtraScore[],
  ): Float64Array
  /** Put late scores of candidates number `places[0 … held − 1]` into their rows, [late, held], each z-scored over these alone. */
  addLate(places: Int32Array, held: number, scores: readonly Float64Array[]): void
  /** The kind of situation a user is in, below `contexts`: how long the history is. */
  context(user: number): number
  readonly contexts: number
}

/** A further score of an item for the user at hand, such as EASE's. */
export type ExtraScore = (item: number) => number

/** Numbers that describe items, such as the feature table's. */
export interface ItemVectors {
  readonly width: number
  /** Copy an item's numbers, of length 1 or all zero, to `target` at `to`. */
  write(item: number, target: Float64Array, to: number): void
}

export interface RankFeatureOptions {
  transitions: Transitions
  popularity: Popularity
  own: OwnItems
  neighbours: Neighbours
  /** Whether a user's items may come back, so that what they were to the user says something of them. */
  returns: boolean
  vectors: ItemVectors
  /** Names of scores that are dear, so that only the best candidates have them: what the serving policy expects. */
  late?: readonly string[]
  /** Names of the extra scores, in their order. */
  extras: readonly string[]
}

/**
 * Cheap scores of candidates, z-scored over them: what came after the user's last items, how popular items are at several
 * speeds, and how like the last items they are.
 *
 * The sequence score is √(Σ_{h<10} .85^h C[q, j] / ((n_q + 10)(n_j + 10)^.3)) for q the item h events ago; the others are
 * variants of it. A few scores come again as logarithms, log max(.1, z + 1.5), which separate the best ones; for users
 * with fewer than three events popularity comes again.
 */
export function rankFeatures(options: RankFeatureOptions): RankFeatures {
  const { transitions, popularity, own, neighbours, returns, vectors, late = [], extras: extraNames } = options
  const logged = ['sequence', 'lately', 'long', 'neighbours', ...late, ...extraNames]
  const names = [
    ...scored,
    ...late,
    ...extraNames,
    ...logged.map(name => `log ${name}`),
    'popularity for newcomers',
    'popularity-at-length for newcomers',
    'disapproval',
    ...(returns ? ownNames : []),
  ]
  const width = names.length
  const extrasAt = scored.length + late.length
  const zScored = extrasAt + extraNames.length
  const loggedAt = logged.map(name => names.indexOf(name))
  const places = intColumn(1, -1)
  const newcomersAt = names.indexOf('popularity for newcomers')
  const history = new Int32Array(own.length)
  const taste = new Float64Array(vectors.width)
  const vector = new Float64Array(vectors.width)
  let features = new Float64Array(256 * width) // [candidates, names]
  let candidateTags = new Int32Array(256)

  /** Sums over what goes with the user's last items. */
  const followLastItems = (held: number): void => {
    const sums = features
    const place = places.data
    const { items, weights, scale, latelyScale: lately } = transitions
    let [near, flat, far] = [1, 1, 1]
    for (let h = 0; h < Math.min(held, farReach); h++, near *= 0.85, flat *= 0.7, far *= 0.95) {
      const before = history[h]!
      if (before < 0) continue
      const known = popularity.count(before) + 10
      const nearScale = (scale * near) / known
      const flatScale = (scale * flat) / Math.sqrt(known)
      const latelyScale = (flat * lately) / Math.sqrt(known)
      const farScale = (scale * far) / known
      const end = transitions.to(before)
      for (let k = transitions.from(before); k < end; k++) {
        const tag = items[k]!
        const candidate = place[tag & slotMask]!
        if (!(candidate >= 0) || candidateTags[candidate] !== tag) continue
        const at = candidate * width
        const both = weights[k * channels]!
        sums[at + 4] = sums[at + 4]! + farScale * both
        if (h >= nearReach) continue
        const forward = weights[k * channels + 1]!
        sums[at] = sums[at]! + nearScale * both
        sums[at + 1] = sums[at + 1]! + flatScale * both
        sums[at + 2] = sums[at + 2]! + nearScale * forward
        sums[at + 3] = sums[at + 3]! + latelyScale * weights[k * channels + 2]!
        if (h === 0) sums[at + 5] = (scale * forward) / (known - 7)
      }
    }
  }

  /** Sums over what goes with the last items that the user was against. */
  const followUnwanted = (user: number): void => {
    const held = Math.min(own.readAgainst(user, history), unwantedReach)
    const { items, weights, scale } = transitions
    for (let h = 0, near = 1; h < held; h++, near *= 0.85) {
      const before = history[h]!
      if (before < 0) continue
      const nearScale = (scale * near) / (popularity.count(before) + 10)
      for (let k = transitions.from(before), end = transitions.to(before); k < end; k++) {
        const tag = items[k]!
        const candidate = places.data[tag & slotMask]!
        if (!(candidate >= 0) || candidateTags[candidate] !== tag) continue
        features[candidate * width + 13] = features[candidate * width + 13]! + nearScale * weights[k * channels]!
      }
    }
  }

  /** Sum of the last items' vectors. */
  const describeLastItems = (held: number): void => {
    taste.fill(0)
    let weight = 1
    for (let h = 0; h < Math.min(held, nearReach); h++, weight *= 0.7) {
      if (history[h]! < 0) continue
      vectors.write(history[h]!, vector, 0)
      for (let k = 0; k < taste.length; k++) taste[k]! += weight * vector[k]!
    }
  }

  /** Turn sums into scores and fill in what depends on the item alone. */
  const finish = (item: number, at: number, known: number): void => {
    const count = popularity.count(item)
    const row = features
    // Most items never came after the last ones; powers and roots of nothing are spared.
    if (row[at + 4]! > 0) {
      const size = count + 10
      const damped = size ** -0.3
      const root = Math.sqrt(size)
      row[at] = Math.sqrt(row[at]! * damped)
      row[at + 1] = Math.sqrt(row[at + 1]! / root)
      row[at + 2] = Math.sqrt(row[at + 2]! * damped)
      row[at + 3] = Math.sqrt(row[at + 3]! / root)
      row[at + 4] = Math.sqrt(row[at + 4]! * size ** -0.4)
      row[at + 5] = Math.sqrt(row[at + 5]!)
    }
    row[at + 6] = Math.log(1 + popularity.lately(item, 3))
    row[at + 7] = Math.log(1 + popularity.lately(item, 0))
    row[at + 8] = Math.log(1 + popularity.lately(item, 1))
    row[at + 9] = Math.log(1 + popularity.lately(item, 2))
    row[at + 10] = Math.log(1 + popularity.atLength(item, known))
    vectors.write(item, vector, 0)
    let like = 0
    for (let k = 0; k < taste.length; k++) like += taste[k]! * vector[k]!
    row[at + 11] = like
    row[at + 12] = Math.sqrt(neighbours.score(item))
    if (row[at + 13]! > 0) row[at + 13] = Math.sqrt(row[at + 13]! * (count + 10) ** -0.3)
  }

  /** What the candidates that the user has had were to the user. */
  const recall = (user: number, hours: number, from: number): void => {
    const { tags, values } = own
    const [first, end] = [own.from(user), own.to(user)]
    const again = Math.log((own.repeats(user) + 1) / (own.count(user) + 8))
    for (let n = end - 1; n >= first; n--) {
      const candidate = places.data[tags[n]! & slotMask]!
      if (!(candidate >= 0) || candidateTags[candidate] !== tags[n]) continue
      const at = candidate * width + from
      if (values[n * ownChannels + 2]! < 0) {
        features[at + 7] = values[n * ownChannels + 2]!
        continue
      }
      const age = Math.max(0, hours - values[n * ownChannels]!)
      features[at] = 1
      features[at + 1] = 1 / (end - n)
      features[at + 2] = 1 / Math.sqrt(end - n)
      features[at + 3] = Math.max(0, 1 - Math.log1p(60 * age) / 12)
      features[at + 4] = Math.log(values[n * ownChannels + 1]! + 0.5)
      features[at + 5] = values[n * ownChannels + 2]!
      features[at + 6] = again
    }
  }

  /** Numbers that stand `step` apart come to mean 0 and standard deviation 1; to 0 where they are alike. */
  const standardise = (numbers: Float64Array, count: number, from: number, step: number): void => {
    let [sum, squares] = [0, 0]
    for (let c = 0, at = from; c < count; c++, at += step) {
      const value = numbers[at]!
      sum += value
      squares += value * value
    }
    const mean = sum / count
    const scale = 1 / (Math.sqrt(Math.max(0, squares / count - mean * mean)) + 1e-9)
    for (let c = 0, at = from; c < count; c++, at += step) numbers[at] = Math.min(7, (numbers[at]! - mean) * scale)
  }

  return {
    names,
    contexts: lengthClasses,
    context: user => lengthClass(own.count(user)),
    compute(user, time, candidates, count, extras) {
      if (features.length < count * width) features = new Float64Array(2 * count * width)
      features.fill(0, 0, count * width)
      if (candidateTags.length < count) candidateTags = new Int32Array(2 * count)
      for (let c = 0; c < count; c++) {
        places.reserve(candidates[c]! + 1)
        places.data[candidates[c]!] = c
        candidateTags[c] = transitions.tag(candidates[c]!)
      }
      const held = own.read(user, history)
      const known = own.count(user)
      neighbours.gather(user, history, held)
      followLastItems(held)
      describeLastItems(held)
      if (own.to(user) - own.from(user) > held) followUnwanted(user)
      for (let c = 0, at = 0; c < count; c++, at += width) {
        finish(candidates[c]!, at, known)
        for (let k = 0; k < extras.length; k++) features[at + extrasAt + k] = extras[k]!(candidates[c]!)
      }
      if (returns) recall(user, own.hours(time), newcomersAt + 3)
      for (let c = 0; c < count; c++) places.data[candidates[c]!] = -1
      for (let k = 0; k < scored.length; k++) standardise(features, count, k, width)
      for (let k = extrasAt; k < zScored; k++) standardise(features, count, k, width)
      for (let c = 0, at = 0; c < count; c++, at += width) {
        for (let k = 0; k < loggedAt.length; k++) {
          features[at + zScored + k] = loggedScore(features[at + loggedAt[k]!]!)
        }
        features[at + newcomersAt + 2] = popularity.disapproval(candidates[c]!)
        if (known >= 3) continue
        features[at + newcomersAt] = features[at + 8]!
        features[at + newcomersAt + 1] = features[at + 10]!
      }
      return features
    },
    addLate(places, held, scores) {
      for (const [k, numbers] of scores.entries()) {
        standardise(numbers, held, 0, 1)
        const column = scored.length + k
        const again = zScored + loggedAt.indexOf(column)
        for (let n = 0; n < held; n++) {
          const at = places[n]! * width
          features[at + column] = numbers[n]!
          features[at + again] = loggedScore(numbers[n]!)
        }
      }
    },
  }
}

const loggedScore = (score: number): number => Math.log(Math.max(0.1, score + 1.5))

const nearReach = 10
const farReach = 40
const unwantedReach = 10
