import { hitAt, mrrAt, ndcgAt } from '../../../learner/served/place.ts'
import type { TrialResult } from '../experiment.ts'

/** Judges lists as they stand by what their users do; users and items are numbers. */
export interface ListJudge {
  /** What a user does next, before the list that it gives rise to; `target`: it is what lists are there for. */
  event(user: number, item: number, target: boolean): void
  /** The list that stands for a user from now on; `forbidden`: it holds something that it must not. */
  list(user: number, items: ArrayLike<number>, forbidden: boolean): void
  /** Items may be shown from now on. */
  came(items: readonly number[]): void
  /** A list was due, and there was none. */
  none(user: number): void
  result(): Required<Pick<TrialResult, 'metrics' | 'perUser'>>
}

/** Lengths of lists that are judged. */
const lengths = [5, 10, 20] as const

/**
 * Every event is held against the list that stood for its user when it came: at which place the item was.
 *
 *     const judge = listJudge(users, items)
 *     judge.list(0, [7, 3], false)
 *     judge.event(0, 3, true)
 *     judge.result().metrics   // hr5 1, ndcg5 0.63, mrr5 0.5, …
 *
 * `hr`, `ndcg`, `mrr`: means over the target events of users who had an event before, 0 where no list stood. `recall`: of
 * the items that a user went for while one list stood, the share that was in it, as a mean over lists. The same names with
 * `Next`: over all events, target or not. `coverage`: the share of `items` that were in some list; `firsts`: how many items
 * were in a first place; `forbidden`: how many lists held what they must not. `listsToFirst`: of the items that came after the
 * first list, the median of the lists from then to the first that held it; `newItems`: how many they are.
 */
export function listJudge(users: number, items: number): ListJudge {
  const standing: (ArrayLike<number> | undefined)[] = new Array(users).fill(undefined)
  const [onTarget, onNext] = [tally(users), tally(users)]
  const shown = new Uint8Array(items)
  const first = new Uint8Array(items)
  let [lists, forbiddenLists] = [0, 0]
  /** Lists before each item that came after the first one, and those from then to the first that held it. */
  const waiting = new Map<number, number>()
  const waited: number[] = []
  const begin = (user: number, list: ArrayLike<number>) => {
    standing[user] = list
    onTarget.begin(user)
    onNext.begin(user)
  }
  return {
    event(user, item, target) {
      const list = standing[user]
      if (list === undefined) return
      const place = Array.prototype.indexOf.call(list, item)
      onNext.add(user, item, place)
      if (target) onTarget.add(user, item, place)
    },
    list(user, list, forbidden) {
      begin(user, list)
      lists += 1
      if (forbidden) forbiddenLists += 1
      for (let k = 0; k < list.length; k++) {
        const item = list[k]!
        if (shown[item] === 0 && waiting.has(item)) waited.push(lists - waiting.get(item)!)
        shown[item] = 1
      }
      if (list.length > 0) first[list[0]!] = 1
    },
    came(items) {
      if (lists > 0) for (const item of items) waiting.set(item, lists)
    },
    none(user) {
      if (standing[user] === undefined) begin(user, [])
    },
    result() {
      const ones = (flags: Uint8Array) => flags.reduce((sum, flag) => sum + flag, 0)
      return {
        metrics: {
          // The first two stand in the progress line.
          ...{ hr10: 0, mrr20: 0, ...onTarget.metrics('') },
          ...{ coverage: ones(shown) / items, firsts: ones(first), forbidden: forbiddenLists, lists },
          ...newcomers(waited, waiting.size),
          ...onTarget.counted('events'),
          ...onNext.metrics('Next'),
          ...onNext.counted('eventsNext'),
        },
        perUser: onTarget.perUser(),
      }
    },
  }
}

/** An item that no list has held yet waits for ever. */
function newcomers(waited: readonly number[], items: number): Record<string, number> {
  if (items === 0) return {}
  const sorted = [...waited].sort((a, b) => a - b)
  return { newItems: items, listsToFirst: sorted[Math.floor((items - 1) / 2)] ?? Number.POSITIVE_INFINITY }
}

function tally(users: number) {
  const events = new Float64Array(users)
  const byUser = { hr10: new Float64Array(users), mrr20: new Float64Array(users), hr20: new Float64Array(users) }
  const sums = { hr: [0, 0, 0], ndcg: [0, 0, 0], mrr: [0, 0, 0], recall: [0, 0, 0] }
  /** Items that the user has gone for while this list stands, and how many of them were in its first 5, 10, 20. */
  const gone: { items: Set<number>; hits: number[] }[] = []
  let [count, judged] = [0, 0]
  return {
    begin(user: number) {
      delete gone[user]
    },
    add(user: number, item: number, place: number) {
      count += 1
      events[user]! += 1
      byUser.hr10[user]! += hitAt(place, 10)
      byUser.hr20[user]! += hitAt(place, 20)
      byUser.mrr20[user]! += mrrAt(place, 20)
      for (const [at, length] of lengths.entries()) {
        sums.hr[at]! += hitAt(place, length)
        sums.ndcg[at]! += ndcgAt(place, length)
        sums.mrr[at]! += mrrAt(place, length)
      }
      gone[user] ??= { items: new Set(), hits: [0, 0, 0] }
      const { items, hits } = gone[user]
      if (items.has(item)) return
      if (items.size === 0) judged += 1
      for (const [at, length] of lengths.entries()) {
        const before = items.size === 0 ? 0 : hits[at]! / items.size
        hits[at]! += hitAt(place, length)
        sums.recall[at]! += hits[at]! / (items.size + 1) - before
      }
      items.add(item)
    },
    metrics(suffix: string): Record<string, number> {
      const means = Object.entries(sums).flatMap(([name, values]) =>
        lengths.map((length, at) => {
          const over = name === 'recall' ? judged : count
          return [`${name}${length}${suffix}`, over === 0 ? 0 : values[at]! / over] as const
        }),
      )
      return Object.fromEntries(means)
    },
    counted: (name: string) => ({ [name]: count }),
    perUser: () => ({
      events: [...events],
      sums: Object.fromEntries(Object.entries(byUser).map(([name, values]) => [name, [...values]])),
    }),
  }
}
