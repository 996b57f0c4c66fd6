import type { SavedArrays } from '../../../../state/saved-arrays.ts'
import { doubleColumn, floatColumn } from '../../../../state/slot-column.ts'
import { everyRow, userColumns } from '../../../../state/user-rows.ts'
import type { Catalogue } from '../../../catalogue.ts'
import type { ScorePart, Shown, TiredOf } from '../../../planning-agent.ts'
import type { ItemFeatures } from './item-features.ts'
import { tiredOf, wholeItem } from './tired.ts'

/** A speed at which people tire and recover: what is kept of exposure at each item, and days away after which 1/e is left. */
export interface FatigueSpeed {
  kept: number
  days: number
  /** What the feature is multiplied by, so that all are of one order. */
  scale: number
}

/** Features of an item for a user: ẑ, ĉ, fatigue at three speeds, interest, newness. */
export const featureCount = 7
export const featureNames = ['rating', 'popularity', 'fatigue', 'quick fatigue', 'slow fatigue', 'interest', 'newness']
/** Numbers of a user's state: see `writeState`. */
export const stateSize = 14

/** What the index remembers of each user, and the features of items that follow from it. */
export interface UserMemory {
  /** Whether an event at this time begins a session: the user is new, or was away. */
  begins(user: number, time: number): boolean
  /**
   * As of when something was shown: when it was decided, or, where the list was made before the user went away, when the
   * user was back.
   */
  moment(user: number, shown: Pick<Shown, 'time' | 'decided'>): number
  /** Set what follows to a user as of a decision; nothing is changed by it. */
  look(user: number, time: number): void
  /** Of who was looked at: w·f of all items, good until the next call. */
  scores(weights: ArrayLike<number>): Float32Array
  /** Of who was looked at: features of one item. */
  features(item: number, into: Float32Array | Float64Array, at?: number): void
  /** Of who was looked at: what each feature adds to an item's score. */
  parts(item: number, weights: ArrayLike<number>): ScorePart[]
  /** Of who was looked at: what the user is tired of, most first. */
  tired(weights: ArrayLike<number>): TiredOf[]
  /** Of who was looked at: fourteen numbers of the order of one. */
  writeState(into: Float32Array | Float64Array, at?: number): void
  /** Something was shown to who was looked at, as of the moment it was decided. */
  add(user: number, shown: Shown, learn: boolean): void
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

const day = 86_400_000
/** A user's numbers as they are kept: their names in order, and what they are before the first event. */
const start = {
  ...{ place: 0, dull: 0.4, watched: 0.5, watchedSlow: 0.5, liked: 0.2, away: 0.5 },
  ...{ rating: 0, popularity: 0, fatigue: 0, ratingSlow: 0, fatigueSlow: 0 },
}
const begin = Float64Array.from(Object.values(start))
const numbers = begin.length
const placeOf = Object.fromEntries(Object.keys(start).map((name, k) => [name, k])) as Record<keyof typeof start, number>

/** Items by which a user's estimates are standardised, at least, where there are as many. */
const sampled = 256
/** Events over which the usual spread of a user's estimates is a mean. */
const remembered = 2_000

/**
 * S ← kept·S + w·g at each item, S ← S·e^(−days away / days), at every speed; p ← .99·p + .2·(w − mean w)·(g − ḡ).
 *
 *     memory.look(user, now)
 *     memory.scores(weights)   // w·f by item
 *     memory.add(user, shown)
 *
 * g are an item's shares, w the reward held to [0, 1]. Takes 4·(T·6 + 12) bytes a user.
 */
export function userMemory(
  catalogue: Catalogue,
  items: ItemFeatures,
  { speeds, gapMs }: { speeds: readonly FatigueSpeed[]; gapMs: number },
): UserMemory {
  const { themes } = items
  const columns = {
    exposure: floatColumn(speeds.length * themes),
    interest: floatColumn(themes),
    numbers: floatColumn(numbers),
    last: doubleColumn(1, Number.NaN),
    /** Since when exposure to a theme, at the first speed, has come to one whole item; 0: it never has. */
    since: doubleColumn(themes),
  }
  const { rows = everyRow } = catalogue
  const set = userColumns(columns, rows)
  const now = {
    user: 0,
    time: 0,
    gap: 0,
    /** Exposure by speed and theme as of now; what one theme adds to a score. */
    exposure: new Float64Array(speeds.length * themes),
    interest: new Float64Array(themes),
    lift: new Float64Array(themes),
    mean: 0,
    variance: 0,
    deviation: 1,
  }
  /** Mean variance of users' estimates, and over how many events. */
  const spread = new Float64Array(2)
  const state = new Float64Array(numbers)
  const one = new Float64Array(featureCount)
  let scores = new Float32Array(0)

  /** The row of a user, for whom there is room then. */
  const known = (user: number): number => {
    const row = rows.of(user)
    if (row < columns.last.data.length && row * columns.exposure.width < columns.exposure.data.length) return row
    for (const column of Object.values(columns)) column.reserve(row + 1)
    return row
  }
  const awayOf = (row: number, time: number) => {
    const last = columns.last.data[row] ?? Number.NaN
    return time - last >= gapMs ? (time - last) / day : 0
  }
  /** Mean and variance of the user's estimates, from items evenly spread over all; the deviation is that of a usual user. */
  const standardise = (user: number) => {
    const count = catalogue.itemCount
    const stride = Math.max(1, Math.floor(count / sampled))
    let [n, sum, squares] = [0, 0, 0]
    for (let item = 0; item < count; item += stride) {
      const estimate = catalogue.estimate(user, item)
      n += 1
      sum += estimate
      squares += estimate * estimate
    }
    now.mean = n === 0 ? 0 : sum / n
    now.variance = n === 0 ? 0 : Math.max(0, squares / n - now.mean ** 2)
    now.deviation = Math.sqrt(spread[1]! > 0 ? spread[0]! : now.variance)
    if (!(now.deviation > 1e-9)) now.deviation = 1
  }
  /** The user's numbers as of the look, into `state`. */
  const read = (row: number) => {
    if (Number.isNaN(columns.last.data[row]!)) state.set(begin)
    else for (let k = 0; k < numbers; k++) state[k] = columns.numbers.data[row * numbers + k]!
    if (now.gap === 0) return
    state[placeOf.place] = 0
    state[placeOf.dull] = start.dull
    state[placeOf.away]! += 0.3 * (logDays(now.gap) - state[placeOf.away]!)
  }
  const expose = (row: number, item: number, watch: number, time: number) => {
    const { starts, places, shares } = items
    const { data, width } = columns.exposure
    for (const [speed, { kept, days, scale }] of speeds.entries()) {
      const first = row * width + speed * themes
      const left = kept * Math.exp(-now.gap / days)
      for (let at = first; at < first + themes; at++) data[at]! *= left
      for (let at = starts[item]!; at < starts[item + 1]!; at++) {
        const place = first + places[at]!
        const before = scale * data[place]!
        data[place]! += watch * shares[at]!
        if (speed > 0 || before >= wholeItem || scale * data[place]! < wholeItem) continue
        columns.since.data[row * themes + places[at]!] = time
      }
    }
  }
  const interest = (row: number, item: number, lean: number) => {
    const { starts, places, shares, meanShares } = items
    const { data } = columns.interest
    const first = row * themes
    for (let theme = 0; theme < themes; theme++) {
      data[first + theme] = 0.99 * data[first + theme]! - lean * meanShares[theme]!
    }
    for (let at = starts[item]!; at < starts[item + 1]!; at++) data[first + places[at]!]! += lean * shares[at]!
  }
  const meanFatigue = () => {
    let sum = 0
    for (let theme = 0; theme < themes; theme++) sum += items.meanShares[theme]! * now.exposure[theme]!
    return sum
  }

  const begins = (user: number, time: number) => {
    const last = columns.last.data[rows.of(user)] ?? Number.NaN
    return Number.isNaN(last) || time - last >= gapMs
  }

  return {
    begins,
    moment: (user, { time, decided }) => (!begins(user, decided) && begins(user, time) ? time : decided),
    look(user, time) {
      const row = known(user)
      items.refresh()
      now.user = user
      now.time = time
      now.gap = awayOf(row, time)
      for (const [speed, { days, scale }] of speeds.entries()) {
        const left = scale * Math.exp(-now.gap / days)
        for (let theme = 0, at = speed * themes; theme < themes; theme++, at++) {
          now.exposure[at] = left * columns.exposure.data[row * columns.exposure.width + at]!
        }
      }
      for (let theme = 0; theme < themes; theme++) now.interest[theme] = columns.interest.data[row * themes + theme]!
      standardise(user)
    },
    scores(weights) {
      const count = catalogue.itemCount
      if (scores.length < count) scores = new Float32Array(2 * count)
      const [rating, popular, newest] = [weights[0]! / now.deviation, weights[1]!, weights[featureCount - 1]!]
      now.lift.fill(0)
      for (let speed = 0; speed < speeds.length; speed++) {
        const weight = weights[2 + speed]!
        for (let theme = 0; theme < themes; theme++) now.lift[theme]! += weight * now.exposure[speed * themes + theme]!
      }
      const weight = weights[2 + speeds.length]!
      for (let theme = 0; theme < themes; theme++) now.lift[theme]! += weight * now.interest[theme]!
      const { popularity, starts, places, shares } = items
      const { user, mean, lift, time } = now
      for (let item = 0; item < count; item++) {
        let score = rating * (catalogue.estimate(user, item) - mean) + popular * popularity[item]!
        for (let at = starts[item]!; at < starts[item + 1]!; at++) score += shares[at]! * lift[places[at]!]!
        scores[item] = newest === 0 ? score : score + newest * items.newness(item, time)
      }
      return scores
    },
    features(item, into, at = 0) {
      const { popularity, starts, places, shares } = items
      into[at] = (catalogue.estimate(now.user, item) - now.mean) / now.deviation
      into[at + 1] = popularity[item]!
      for (let k = 2; k < 3 + speeds.length; k++) into[at + k] = 0
      for (let from = starts[item]!; from < starts[item + 1]!; from++) {
        const [theme, share] = [places[from]!, shares[from]!]
        for (let speed = 0; speed < speeds.length; speed++) {
          into[at + 2 + speed]! += share * now.exposure[speed * themes + theme]!
        }
        into[at + 2 + speeds.length]! += share * now.interest[theme]!
      }
      into[at + featureCount - 1] = items.newness(item, now.time)
    },
    parts(item, weights) {
      this.features(item, one)
      return featureNames.map((feature, k) => {
        const [standing, weight] = [one[k]!, weights[k]!]
        return { feature, standing, weight, adds: standing * weight }
      })
    },
    tired(weights) {
      const row = rows.of(now.user)
      return tiredOf({ themes, exposure: now.exposure, since: columns.since.data.subarray(row * themes) }, weights)
    },
    writeState(into, at = 0) {
      read(rows.of(now.user))
      const of = (name: keyof typeof start) => state[placeOf[name]]!
      into[at] = Math.min(of('place'), 60) / 20
      into[at + 1] = of('dull')
      into[at + 2] = of('watched')
      into[at + 3] = of('watchedSlow')
      into[at + 4] = of('liked')
      into[at + 5] = logDays(now.gap)
      into[at + 6] = of('rating')
      into[at + 7] = of('popularity')
      into[at + 8] = of('fatigue')
      into[at + 9] = of('ratingSlow')
      into[at + 10] = of('fatigueSlow')
      into[at + 11] = of('away')
      into[at + 12] = meanFatigue()
      into[at + 13] = 1
    },
    add(user, { item, reward, like, time }, learn) {
      const watch = Math.min(1, Math.max(0, reward))
      this.features(item, one)
      const row = rows.of(user)
      read(row)
      expose(row, item, watch, time)
      // A rate of reward that is low for everybody is no lack of interest: it is the user's own that counts.
      interest(row, item, 0.2 * (watch - state[placeOf.watchedSlow]!))
      const move = (name: keyof typeof start, rate: number, to: number) => {
        state[placeOf[name]]! += rate * (to - state[placeOf[name]]!)
      }
      move('dull', 0.4, 1 - watch)
      move('watched', 0.2, watch)
      move('watchedSlow', 0.05, watch)
      move('liked', 0.05, like)
      move('rating', 0.2, one[0]!)
      move('popularity', 0.2, one[1]!)
      move('fatigue', 0.2, one[2]!)
      move('ratingSlow', 0.05, one[0]!)
      move('fatigueSlow', 0.05, one[2]!)
      state[placeOf.place]! += 1
      if (learn) {
        spread[1] = Math.min(remembered, spread[1]! + 1)
        spread[0]! += (now.variance - spread[0]!) / spread[1]!
      }
      columns.numbers.data.set(state, row * numbers)
      columns.last.data[row] = Number.isNaN(columns.last.data[row]!) ? time : Math.max(time, columns.last.data[row]!)
    },
    reset: set.reset,
    save: users => ({ ...set.save(users), spread: spread.slice() }),
    restore(arrays) {
      set.restore(arrays)
      spread.set(arrays['spread'] as Float64Array)
    },
  }
}

const logDays = (days: number) => Math.log1p(4 * days)
