import type { BehaviourEvent, Item, UserProfile } from '../../src/records/definition.ts'
import { seeded } from './random.ts'

/** What a terminal would obey: another title, another colour, another direction. */
export const escapes = '\u001b]0;mine\u0007\u001b[31m\u202e'
const written = JSON.stringify(escapes).slice(1, -1)
/** What of it must not reach a terminal. */
export const obeyed = /(?![\n\r\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u

/** Two ids that meet in a hash of 64 bits without a key (state/hash.ts), and do with any one end behind both. */
const meeting = [
  '井幸叜乣帶歌丄幛歌乇弧歌丨幦焨亍庲一两帰一乙庙叜乖弢数习帬妸东廨眄丐彫焨丰彞歌享布数丐弉歌东弶叜乒帐焨丁废妸',
  '亞庤一乣帶歌丄幛歌义幓徔丨幦焨乴庵叜两帰一乁幒焨乖弢数乀廗歌东廨眄丐彫焨串幁徔乔幤眄丒弍徔举庈一乒帐焨丁废妸',
] as const

const farAhead = Date.UTC(2090, 0, 1)
const shareOfEach = 0.005

/** A record's time beside what it says. */
export interface Dated<T> {
  value: T
  timestamp: number
}

/**
 * Events that are well formed and meant badly, among others: ids `<partition>:<offset>` beside events without an id, ids with
 * meeting hashes, escape sequences, record times of decades ahead. Not hostile, the same events have plain ids and times.
 */
export function* meantBadly(events: Iterable<BehaviourEvent>, hostile: boolean): Generator<Dated<BehaviourEvent>> {
  const random = seeded(2)
  let place = 0
  let withoutId: number | null = null
  let meetings = 0
  for (const event of events) {
    const which = Math.floor(random() / shareOfEach)
    const named = (eventId: string | null): Dated<BehaviourEvent> => ({
      value: { ...event, eventId: hostile || eventId === null ? eventId : event.eventId },
      timestamp: event.time,
    })
    if (which === 0) {
      withoutId = place
      yield named(null)
    } else if (which === 1 && withoutId !== null) {
      yield named(`0:${withoutId}`)
      withoutId = null
    } else if (which === 2) {
      yield named(`${meeting[meetings % 2]}-${Math.floor(meetings / 2)}`)
      meetings += 1
    } else if (which === 3) yield named(`${escapes}${event.eventId}`)
    else if (which === 4) yield { value: event, timestamp: hostile ? farAhead : event.time }
    else yield { value: event, timestamp: event.time }
    place += 1
  }
}

/** Titles that a terminal would obey. */
export const titled = (item: Item, hostile: boolean): Item =>
  hostile && item.title?.endsWith('7') ? { ...item, title: `${escapes}${item.title}` } : item

/** Some people have such an id, hostile or not: what is learned hangs on it. */
export const renamed = <T extends UserProfile | BehaviourEvent>(one: T): T =>
  /^u\d?7$/.test(one.userId) ? { ...one, userId: `${escapes}${one.userId}` } : one

/** Rows in which hostile ids and titles read as the plain ones, given the ids of the plain events in the same places. */
export function plainly(rows: readonly string[], plainIds: ReadonlyMap<string, string>): string[] {
  return rows.map(row =>
    row.replaceAll(written, '').replace(/"(0:\d+|[井亞][^"]*)"/g, (all, id) => {
      const plain = plainIds.get(id)
      return plain === undefined ? all : `"${plain}"`
    }),
  )
}

/** By each hostile id the plain one that its event has when nobody means badly. */
export function plainIdsOf(events: () => Iterable<BehaviourEvent>): Map<string, string> {
  const ids = new Map<string, string>()
  const plain = meantBadly(events(), false)
  for (const { value } of meantBadly(events(), true)) {
    const { eventId } = plain.next().value!.value
    if (value.eventId !== null && eventId !== null) ids.set(value.eventId, eventId)
  }
  return ids
}
