import { RecstreamError } from '../../../errors.ts'
import type { BehaviourEvent, Item, PipelineDefinition, Simulation, UserProfile } from '../../../records/definition.ts'
import { isFirstList, type Recommendation } from '../../../records/recommendation.ts'
import type { World } from '../world/world.ts'
import { coldStartOrder } from './cold-start-order.ts'
import { itemIdOf, itemOf, stayOf, userIdOf } from './names.ts'
import type { Recall } from './recall.ts'
import { createTally, type Tally } from './tally.ts'

/** People of a world as users of a pipeline: what they write, and what they do with lists. Nothing is read or written here. */
export interface Crowd {
  /** Items shown so far, those of earlier runs included. */
  readonly steps: number
  /** The newest event time, ms. */
  readonly time: number
  /** When the next of them looks, ms. */
  readonly next: number
  /** Up to this event time, ms, everything has happened; an hour is left for what comes late, as the arms report leaves it. */
  readonly settled: number
  readonly tally: Tally
  items(): Item[]
  /** Profiles of those who have come and are not published yet. */
  arrivals(): UserProfile[]
  /**
   * Everybody who looks within the horizon of the next one, and before a time, is shown one item; their events, in the order
   * to write them.
   */
  round(before?: number): BehaviourEvent[]
  /** A list was published; true if it is for one of them. */
  receive(list: Recommendation): boolean
  /** Whether the list that this event gives rise to has been received. */
  answered(event: BehaviourEvent): boolean
  /** Live through an earlier run again, from its events and lists; what was shown by then is shown now. */
  again(recall: Recall): void
}

export interface CrowdOptions {
  world: World
  seed: number
  definition: Pick<PipelineDefinition, 'name'> & { simulate: Simulation }
  /** How far ahead of the next one, in event time, others may look in the same round, ms. */
  horizonMs: number
}

const hourMs = 3_600_000

/** A list as it is remembered: its id, and the items' numbers. */
interface ReceivedList {
  recommendationId: string
  items: Int32Array
}

/**
 * Make the people of a world users of a pipeline.
 *
 *     const crowd = createCrowd({ world, seed: 1, definition, horizonMs: 86_400_000 })
 *     write(crowd.items(), crowd.arrivals())
 *     for (const event of crowd.round()) write(event)
 *     crowd.receive(list)
 *
 * Each person is shown the first item of the newest list that is not barred; before the first one comes, the next
 * item of one random order. Event times of one person rise, so that user and time name an event. What a person does follows from the seed and
 * the lists, whatever order lists come in within a round.
 */
export function createCrowd({ world, seed, definition, horizonMs }: CrowdOptions): Crowd {
  const { simulate } = definition
  const { slots, population, knowledge, settings } = world
  const { itemSize, profileSize, itemVectors, profiles, tastes } = knowledge
  const { items, genres, truth } = population
  const tally = createTally({ slots, days: settings.days, genres: genres.length, shares: truth.shares })
  const firstItem = coldStartOrder(items, seed)
  const userIds = Array.from({ length: slots }, (_, slot) => userIdOf(seed, { slot, generation: 0 }))
  /** The newest list, items shown, and the last event's time, of the person in each slot. */
  const newest: (ReceivedList | null)[] = new Array(slots).fill(null)
  const shown = new Int32Array(slots)
  const last = new Float64Array(slots)
  const published = new Uint8Array(slots)
  let [steps, time] = [0, 0]

  const choose = (slot: number): { item: number; recommendationId: string | null } => {
    const list = newest[slot]
    if (list != null) {
      const { recommendationId } = list
      for (const item of list.items) if (item >= 0 && !world.barred(slot, item)) return { item, recommendationId }
    }
    const visitor = slots * world.generation(slot) + slot + shown[slot]!
    return { item: firstItem(visitor, item => !world.barred(slot, item)), recommendationId: null }
  }
  const show = (slot: number, item: number, recommendationId: string | null): BehaviourEvent => {
    const userId = userIds[slot]!
    const eventId = `${userId}-${shown[slot]}`
    const outcome = world.show(slot, item)
    const at = Math.max(outcome.time, last[slot]! + 1)
    tally.shown(slot, item, outcome)
    const reaction = simulate.event({ watch: outcome.watch, like: outcome.like })
    last[slot] = at
    shown[slot]! += 1
    steps += 1
    if (at > time) time = at
    if (outcome.replaced) {
      userIds[slot] = userIdOf(seed, { slot, generation: world.generation(slot) })
      newest[slot] = null
      shown[slot] = 0
      published[slot] = 0
    }
    return { eventId, userId, itemId: itemIdOf(item), ...reaction, time: at, recommendationId }
  }
  /** The slot of a person who is here; −1 for anybody else. */
  const slotOf = (userId: string): number => {
    const stay = stayOf(userId, seed)
    return stay !== null && userIds[stay.slot] === userId ? stay.slot : -1
  }
  const next = () => {
    let earliest = Number.POSITIVE_INFINITY
    for (let slot = 0; slot < slots; slot++) earliest = Math.min(earliest, world.time(slot))
    return earliest
  }
  /** The answer to the newest event of each user, those who have left included, until the next round. */
  let answers = new Map<string, number>()

  const receive = (list: Recommendation): boolean => {
    // One that answers no event of theirs may come before or after the first: what people do must not hang on that.
    if (stayOf(list.userId, seed) === null || isFirstList(list.recommendationId)) return false
    answers.set(list.userId, list.time)
    const slot = slotOf(list.userId)
    if (slot < 0) return true
    tally.listed(slot, list)
    newest[slot] = {
      recommendationId: list.recommendationId,
      items: Int32Array.from(list.items, ({ itemId }) => itemOf(itemId, items)),
    }
    return true
  }

  return {
    get steps() {
      return steps
    },
    get time() {
      return time
    },
    get next() {
      return next()
    },
    get settled() {
      return Math.min(next(), time - hourMs)
    },
    tally,
    items: () =>
      Array.from({ length: items }, (_, item) => ({
        itemId: itemIdOf(item),
        ...simulate.item({
          title: null,
          genres: genres.filter((_, k) => truth.shares[item * genres.length + k]! > 0),
          vector: itemVectors.subarray(item * itemSize, (item + 1) * itemSize),
        }),
      })),
    arrivals() {
      const come: UserProfile[] = []
      for (let slot = 0; slot < slots; slot++) {
        if (published[slot] === 1) continue
        published[slot] = 1
        const person = world.person(slot)
        const attributes = simulate.profile({
          profile: profiles.subarray(person * profileSize, (person + 1) * profileSize),
          taste: tastes.subarray(person * itemSize, (person + 1) * itemSize),
        })
        come.push({ userId: userIds[slot]!, attributes })
      }
      return come
    },
    round(before = Number.POSITIVE_INFINITY) {
      const horizon = next() + horizonMs
      const looks = (slot: number) => world.time(slot) <= horizon && world.time(slot) < before
      const looking = Array.from({ length: slots }, (_, slot) => slot).filter(looks)
      // Whoever was shown most may have been shown everything, and get no list: nobody waits for a list that is not the last.
      looking.sort((a, b) => shown[b]! - shown[a]! || a - b)
      answers = new Map()
      return looking.map(slot => {
        const { item, recommendationId } = choose(slot)
        return show(slot, item, recommendationId)
      })
    },
    receive,
    answered: ({ userId, time }) => answers.get(userId) === time,
    again(recall) {
      for (const { userId, itemId, time: was, recommendationId } of recall.events()) {
        const slot = slotOf(userId)
        const item = itemOf(itemId, items)
        const first = recall.first(userId)
        if (slot >= 0 && shown[slot]! > 0 && first !== undefined && first.time <= last[slot]!) tally.listed(slot, first)
        const same = slot >= 0 && item >= 0 && show(slot, item, recommendationId).time === was
        if (!same) {
          throw new RecstreamError(
            'CONFIG_INVALID',
            `The topics of ${definition.name} hold what other people did under seed ${seed}; give the same people, days, world and source as before, another --seed for more people beside them, or another data folder.`,
          )
        }
      }
      for (let slot = 0; slot < slots; slot++) published[slot] = shown[slot]! > 0 ? 1 : 0
      for (const list of recall.newest()) receive(list)
    },
  }
}
