import { RecstreamError } from '../../../errors.ts'
import { type Random, randomFrom, seededRandom } from '../../../state/random.ts'
import { copies, prefixed, type SavedArrays, withPrefix } from '../../../state/saved-arrays.ts'
import { beta, exponential } from './draws.ts'
import type { Knowledge } from './knowledge.ts'
import { createPersonStates, type Truth } from './person-state.ts'
import type { Population } from './population.ts'
import { createRecentItems } from './recent-items.ts'
import type { WorldSettings } from './settings.ts'

/** What came of showing an item; the same object every time. */
export interface Outcome {
  /** Share watched, 0 … 1: the reward. */
  watch: number
  /** 1 if the person liked it, else 0. */
  like: number
  /** When watching ended, event time in ms. */
  time: number
  /** Days until the person looks again; 0 inside a session. */
  gapDays: number
  /** The session ended with it. */
  ended: boolean
  /** The person's days were over: somebody else has the slot now. */
  replaced: boolean
}

/**
 * People who react, one in each slot.
 *
 *     const world = createWorld({ population, settings: worlds.saturating, slots: 64, seed: 1 })
 *     const { watch, gapDays } = world.show(slot, item)
 *
 * Each slot draws from a stream of its own, so that what a person does follows from the seed, the slot and what that slot was
 * shown, whatever happens in others. Event times of one slot never go back.
 */
export interface World {
  readonly settings: WorldSettings
  /** Where people and items come from; its `truth` is not for agents. */
  readonly population: Population
  /** What agents may know. */
  readonly knowledge: Knowledge
  readonly slots: number
  /** Show an item to the person in a slot. One that is barred is shown all the same: who chooses asks `barred`. */
  show(slot: number, item: number): Outcome
  /** When the person in a slot looks at the next item, event time in ms. */
  time(slot: number): number
  /** Which of the population's people is in a slot. */
  person(slot: number): number
  /** How many were in a slot before: slot and generation together name one stay of one person. */
  generation(slot: number): number
  /** Items shown in the present session so far. */
  position(slot: number): number
  /** Whether an item is among the last ones shown to the person in a slot. */
  barred(slot: number, item: number): boolean
  /** What would come of each item, which no agent may know; worked out when asked, good until the next call. */
  truth(slot: number): Truth
  /** All of it; a world of the same settings, population and slots goes on from it bit for bit. */
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface WorldOptions {
  population: Population
  settings: WorldSettings
  slots: number
  seed: number
  /** Event time in ms at which everybody comes first; default 1 January 2024. */
  begins?: number
}

const usualBeginning = Date.UTC(2024, 0, 1)
const dayMs = 86_400_000
const minutesADay = 1440

/** Make a world; as many items as it bars, or fewer, are CONFIG_INVALID. */
export function createWorld({ population, settings, slots, seed, begins = usualBeginning }: WorldOptions): World {
  const { users, items } = population
  const { satisfaction, watch: watching, away } = settings
  if (settings.barred >= items) {
    const sentence = `A world of ${items} items cannot bar ${settings.barred} of them; bar fewer or take more items.`
    throw new RecstreamError('CONFIG_INVALID', sentence)
  }
  const people = createPersonStates(population, settings, slots)
  const recent = createRecentItems({ slots, items, length: settings.barred })
  const state = {
    chance: new Uint32Array(4 * slots),
    generation: new Int32Array(slots),
    /** When the person came, ms, and days since then. */
    arrival: new Float64Array(slots).fill(begins),
    day: new Float64Array(slots),
  }
  const streams: Random[] = Array.from({ length: slots }, (_, slot) => {
    const own = state.chance.subarray(4 * slot, 4 * slot + 4)
    own.set(seededRandom(seed, `slot ${slot}`).state)
    return randomFrom(own)
  })
  const outcome: Outcome = { watch: 0, like: 0, time: 0, gapDays: 0, ended: false, replaced: false }

  const time = (slot: number) => Math.round(state.arrival[slot]! + dayMs * state.day[slot]!)
  const arrive = (slot: number) => {
    people.arrive(slot, streams[slot]!.integer(users))
    recent.clear(slot)
  }
  for (let slot = 0; slot < slots; slot++) arrive(slot)

  return {
    ...{ settings, population, slots, time },
    knowledge: population.knowledge,
    show(slot, item) {
      const random = streams[slot]!
      people.expect(slot, item)
      const { watch: expected, satisfaction: satisfied } = people.expected
      const share = beta(random, watching.concentration * expected, watching.concentration * (1 - expected))
      outcome.watch = share
      outcome.like = random.uniform() < satisfaction.like * satisfied ? 1 : 0
      people.watched(slot, item, share)
      recent.push(slot, item)
      state.day[slot]! += (share * watching.minutes) / minutesADay
      outcome.time = time(slot)
      outcome.ended = random.uniform() < people.hazard(slot)
      outcome.gapDays = outcome.ended ? away.least + exponential(random, people.meanAway(slot)) : 0
      outcome.replaced = false
      if (!outcome.ended) return outcome
      people.rest(slot, outcome.gapDays)
      state.day[slot]! += outcome.gapDays
      if (state.day[slot]! < settings.days) return outcome
      outcome.replaced = true
      state.arrival[slot] = time(slot)
      state.day[slot] = 0
      state.generation[slot]! += 1
      arrive(slot)
      return outcome
    },
    person: people.person,
    generation: slot => state.generation[slot]!,
    position: people.position,
    barred: recent.has,
    truth: people.truth,
    save: () => copies({ ...state, ...prefixed('minds', people.save()), ...prefixed('recent', recent.save()) }),
    restore(arrays) {
      for (const [name, values] of Object.entries(state)) values.set(arrays[name] as never)
      people.restore(withPrefix('minds', arrays))
      recent.restore(withPrefix('recent', arrays))
    },
  }
}
