import { expect } from 'vitest'
import type { TrialContext } from '../../../src/lab/experiment/experiment.ts'
import type { Ratings } from '../../../src/lab/experiment/ratings.ts'
import { seededRandom } from '../../../src/state/random.ts'

export function contextOf(ratings: Ratings): Omit<TrialContext, 'definition'> {
  return { ratings, progress() {}, signal: new AbortController().signal, clock: () => 0 }
}

/** Events in the order given, with as many users and items as there are. */
export function ratingsOf(events: readonly (readonly [user: number, item: number])[]): Ratings {
  const slots = (of: 0 | 1) => Array.from({ length: 1 + Math.max(...events.map(each => each[of])) }, (_, k) => `${k}`)
  return {
    length: events.length,
    user: Int32Array.from(events, each => each[0]),
    item: Int32Array.from(events, each => each[1]),
    reward: new Float64Array(events.length).fill(1),
    time: Float64Array.from(events.keys()),
    userIds: slots(0),
    itemIds: slots(1),
    userTokens: slots(0).map(() => []),
    itemTokens: slots(1).map(() => []),
    catalogue: [],
    event: () => expect.unreachable('no ranking policy asks for the whole event'),
  }
}

/** Users who walk round a circle of items, one step at a time, each from a place of their own. */
export function walkers(users: number, items: number, steps: number): Ratings {
  const random = seededRandom(1, 'walkers')
  const from = Array.from({ length: users }, () => random.integer(items))
  const taken = new Array<number>(users).fill(0)
  const events: [number, number][] = []
  while (events.length < users * steps) {
    const user = random.integer(users)
    if (taken[user]! < steps) events.push([user, (from[user]! + taken[user]!++) % items])
  }
  return ratingsOf(events)
}
