import type { BehaviourEvent, Item, SourceReader, UserProfile } from '../records/definition.ts'
import { drawsOf, unit } from './chance.ts'
import { defaultNumbers, numbersAsText, type SourceNumber, sourceNumbers } from './source-numbers.ts'

/** Size and shape of a generated world; all of it follows from these numbers. */
export interface World {
  /** Records in all, repeats among them. */
  events: number
  users: number
  items: number
  seed: number
  /** Events per second of event time, on average. */
  rate: number
  /** Share of records that are sent a second time, under the same id. */
  repeats: number
  /** Share of records that are late, by up to five minutes of event time. */
  late: number
  /** Events in a session, on average; 0: everybody comes for one event at a time, in turn. */
  session: number
}

const share: SourceNumber = { default: 0, least: 0, most: 1, whole: false }
const numbers: Readonly<Record<keyof World, SourceNumber>> = {
  events: { default: 100_000, least: 0, most: 1e12, whole: true },
  users: { default: 5_000, least: 1, most: 1e8, whole: true },
  items: { default: 2_000, least: 1, most: 1e8, whole: true },
  seed: { default: 1, least: 0, most: 2 ** 32 - 1, whole: true },
  rate: { default: 20, least: 0.001, most: 1e6, whole: false },
  repeats: share,
  late: share,
  session: { default: 20, least: 0, most: 1e6, whole: false },
}

export const defaultWorld: World = defaultNumbers(numbers)

/** Where event time begins: 1 January 2024. */
export const worldBegins = Date.UTC(2024, 0, 1)

/**
 * A source that makes its records up, for benchmarks and long runs; its "folder" is a list of numbers.
 *
 *     readGenerated('events=1000000,users=20000,items=5000,seed=1')
 *
 * Popularity follows Zipf's law, each user likes some genres more than others and shows it in the share watched, and users
 * come for a session and go: there is something to learn, and the same numbers give the same records. The memory does not
 * grow with any of the numbers. More events of the same world continue it.
 */
export function readGenerated(text: string): SourceReader {
  const world: World = sourceNumbers(text, numbers)
  return {
    name: `generated/users=${world.users},items=${world.items},seed=${world.seed},rate=${world.rate},repeats=${world.repeats},late=${world.late}${world.session === defaultWorld.session ? '' : `,session=${world.session}`}`,
    profiles: () => profilesOf(world),
    items: () => itemsOf(world),
    events: () => eventsOf(world),
    files: () => [],
    eventCount: () => world.events,
  }
}

/** A world as readGenerated takes it. */
export const describeWorld = (world: World): string => numbersAsText(world)

const genres = 16
/** At most this many users are watching at once. */
const audience = 256
const ages = ['under-18', '18-24', '25-34', '35-44', '45-54', '55+']

function* profilesOf({ users, seed }: World): Generator<UserProfile> {
  for (let user = 0; user < users; user++) {
    const favourite = favouriteOf(seed, user)
    // Age and region say something about taste, but not all of it.
    const age =
      ages[unit(seed + 1, user) < 0.7 ? favourite % ages.length : Math.floor(unit(seed + 2, user) * ages.length)]!
    const region = unit(seed + 3, user) < 0.5 ? `r${favourite % 4}` : `r${Math.floor(unit(seed + 4, user) * 4)}`
    yield { userId: `u${user}`, attributes: { age, region } }
  }
}

function* itemsOf({ items, seed }: World): Generator<Item> {
  for (let item = 0; item < items; item++) {
    const genre = `g${item % genres}`
    const seconds = secondsOf(seed, item)
    const length = seconds < 20 ? 'short' : seconds < 60 ? 'middle' : 'long'
    yield { itemId: `i${item}`, title: `Item ${item}`, attributes: { length }, tags: [genre] }
  }
}

function* eventsOf({ events, users, items, seed, rate, repeats, late, session }: World): Generator<BehaviourEvent> {
  const random = drawsOf(seed)
  const watching = Float64Array.from({ length: Math.min(users, audience) }, () => pickUser(random(), users))
  const meanGap = 1000 / rate
  let clock = worldBegins
  let last: BehaviourEvent | undefined
  for (let number = 0; number < events; number++) {
    if (repeats > 0 && last !== undefined && random() < repeats) {
      yield last
      continue
    }
    clock += -Math.log(1 - random()) * meanGap
    const slot = Math.floor(random() * watching.length)
    if (random() * session < 1) watching[slot] = session === 0 ? number % users : pickUser(random(), users)
    const user = watching[slot]!
    let item = pickItem(random(), items)
    // Most of what people see is of their favourite genre: the item of that genre next in popularity.
    if (random() < 0.5) item = Math.min(items - 1, item - (item % genres) + favouriteOf(seed, user))
    const noise = random() + random() + random() - 1.5
    const watched = 1 / (1 + Math.exp(0.4 - appeal(seed, user, item) - noise))
    const time = late > 0 && random() < late ? clock - random() * 300_000 : clock
    last = {
      eventId: `g${seed}-${number}`,
      userId: `u${user}`,
      itemId: `i${item}`,
      behaviour: 'view',
      time: Math.max(worldBegins, Math.floor(time)),
      value: Math.round(watched * 1000) / 1000,
      properties: { duration: secondsOf(seed, item) },
      recommendationId: null,
    }
    yield last
  }
}

/** What draws a user to an item, about −3 to 3: the taste for its genre, its quality, the user's patience. */
function appeal(seed: number, user: number, item: number): number {
  const genre = item % genres
  const taste = genre === favouriteOf(seed, user) ? 1.5 : 2 * unit(seed + 5, user * genres + genre) - 1.2
  return taste + 1.4 * (unit(seed + 6, item) - 0.5) + 1.2 * (unit(seed + 7, user) - 0.5)
}

function favouriteOf(seed: number, user: number): number {
  return Math.floor(unit(seed + 8, user) * genres)
}

function secondsOf(seed: number, item: number): number {
  return 5 + Math.floor(115 * unit(seed + 9, item) ** 2)
}

function pickUser(share: number, users: number): number {
  return Math.floor(users * share ** 1.5)
}

/** Rank by Zipf's law, with weights 1 / (rank + 10); the inverse of its distribution needs no table. */
function pickItem(share: number, items: number): number {
  return Math.min(items - 1, Math.floor(10 * ((items + 10) / 10) ** share - 10))
}
