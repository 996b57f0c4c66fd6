import type { SavedArrays } from '../../../state/saved-arrays.ts'
import { genreSets } from './genre-sets.ts'
import type { Population } from './population.ts'
import type { WorldSettings } from './settings.ts'

/** What would come of each item for one person now: what the world knows and no agent may. */
export interface Truth {
  /** a, expected share watched. [items] */
  readonly watch: Float64Array
  /** q, satisfaction. [items] */
  readonly satisfaction: Float64Array
  /** x = g·S, how tired the person is of the item's genres. [items] */
  readonly satiation: Float64Array
}

/**
 * The hidden state of who is in each slot, and how it moves: satiation S and interest p by genre, mood m, dullness d, and the
 * satisfaction of the session so far. No chance in it; the formulas stand at WorldSettings.
 */
export interface PersonStates {
  /** Somebody of the population comes to a slot. */
  arrive(slot: number, person: number): void
  /** Expected watch and satisfaction of an item, into `expected`. */
  expect(slot: number, item: number): void
  /** What `expect` was asked last. */
  readonly expected: { watch: number; satisfaction: number }
  /** An item was watched; `expect` must have been asked for it just before. */
  watched(slot: number, item: number, watch: number): void
  /** Probability that the session ends now. */
  hazard(slot: number): number
  /** Mean of the exponential part of the time away if the session ends now, days. */
  meanAway(slot: number): number
  /** The session is over and the person was away for so many days. */
  rest(slot: number, days: number): void
  /** Items watched in this session. */
  position(slot: number): number
  person(slot: number): number
  truth(slot: number): Truth
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export function createPersonStates(
  { genres, items, truth }: Population,
  settings: WorldSettings,
  slots: number,
): PersonStates {
  const { appeal, satisfaction, satiation, interest, mood, dullness, hazard, away } = settings
  const width = genres.length
  const { taste, pull, shares } = truth
  const sets = genreSets(shares, items)
  // 1 / odds of what does not change, by person and item: the rest of a sum in σ is a factor.
  const dislike = taste.map((z, at) => Math.exp(-(appeal.base + appeal.taste * z + appeal.pull * pull[at % items]!)))
  const regret = taste.map((z, at) =>
    Math.exp(-(satisfaction.base + satisfaction.taste * z - satisfaction.pull * pull[at % items]!)),
  )
  const state = {
    person: new Int32Array(slots),
    satiation: new Float64Array(slots * width),
    interest: new Float64Array(slots * width),
    mood: new Float64Array(slots),
    dullness: new Float64Array(slots),
    position: new Int32Array(slots),
    satisfied: new Float64Array(slots),
  }
  const expected = { watch: 0, satisfaction: 0 }
  const now = { satiation: 0, dislike: 0, regret: 0 }
  const bySet = {
    satiation: new Float64Array(sets.count),
    dislike: new Float64Array(sets.count),
    regret: new Float64Array(sets.count),
  }
  const all: Truth = {
    watch: new Float64Array(items),
    satisfaction: new Float64Array(items),
    satiation: new Float64Array(items),
  }

  /** How tired the person is of this set of genres, and by what that divides the odds of watching and of being satisfied. */
  const consider = (slot: number, set: number) => {
    const x = sets.dot(set, state.satiation, slot)
    const drawn = appeal.interest * sets.dot(set, state.interest, slot) + appeal.mood * (state.mood[slot]! - 0.5)
    now.satiation = x
    now.dislike = Math.exp(appeal.satiation * x - drawn)
    now.regret = Math.exp(satisfaction.satiation * x)
  }
  const expect = (slot: number, item: number) => {
    consider(slot, sets.of[item]!)
    const at = state.person[slot]! * items + item
    expected.watch = 1 / (1 + dislike[at]! * now.dislike)
    expected.satisfaction = 1 / (1 + regret[at]! * now.regret)
  }
  const beginSession = (slot: number) => {
    state.dullness[slot] = dullness.start
    state.position[slot] = 0
    state.satisfied[slot] = 0
  }

  return {
    expected,
    expect,
    arrive(slot, person) {
      state.person[slot] = person
      state.satiation.fill(0, slot * width, (slot + 1) * width)
      state.interest.set(truth.interest.subarray(person * width, (person + 1) * width), slot * width)
      state.mood[slot] = mood.start
      beginSession(slot)
    },
    watched(slot, item, watch) {
      for (let genre = 0; genre < width; genre++) {
        const at = slot * width + genre
        const share = shares[item * width + genre]!
        state.satiation[at] = satiation.kept * state.satiation[at]! + watch * share
        state.interest[at]! += interest.rate * watch * (share - state.interest[at]!)
      }
      state.mood[slot]! += mood.rate * (expected.satisfaction - state.mood[slot]!)
      state.dullness[slot] = dullness.kept * state.dullness[slot]! + (1 - dullness.kept) * (1 - watch)
      state.position[slot]! += 1
      state.satisfied[slot]! += expected.satisfaction
    },
    hazard(slot) {
      if (state.position[slot]! >= hazard.longest) return 1
      return hazard.base + hazard.dull * state.dullness[slot]! ** 2 + hazard.mood * (1 - state.mood[slot]!) ** 2
    },
    meanAway(slot) {
      const satisfied = state.satisfied[slot]! / state.position[slot]!
      return away.mean * Math.exp(away.slope * (away.reference - satisfied))
    },
    rest(slot, days) {
      const kept = Math.exp(-days / satiation.recoveryDays)
      for (let at = slot * width; at < (slot + 1) * width; at++) state.satiation[at]! *= kept
      beginSession(slot)
    },
    position: slot => state.position[slot]!,
    person: slot => state.person[slot]!,
    truth(slot) {
      for (let set = 0; set < sets.count; set++) {
        consider(slot, set)
        bySet.satiation[set] = now.satiation
        bySet.dislike[set] = now.dislike
        bySet.regret[set] = now.regret
      }
      const first = state.person[slot]! * items
      for (let item = 0; item < items; item++) {
        const set = sets.of[item]!
        all.watch[item] = 1 / (1 + dislike[first + item]! * bySet.dislike[set]!)
        all.satisfaction[item] = 1 / (1 + regret[first + item]! * bySet.regret[set]!)
        all.satiation[item] = bySet.satiation[set]!
      }
      return all
    },
    save: () => Object.fromEntries(Object.entries(state).map(([name, values]) => [name, values.slice()])),
    restore(arrays) {
      for (const [name, values] of Object.entries(state)) values.set(arrays[name] as never)
    },
  }
}
