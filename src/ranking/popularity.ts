import { lengthClass, lengthClasses } from '../predictors/baselines/length-class.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { columnSet, doubleColumn } from '../state/slot-column.ts'
import { fadingClock } from './fading-clock.ts'
import { type Ordered, scoreOrder } from './score-order.ts'

/** How a user stands to an item: what the last event was worth (0: none came yet), and its time in hours. */
export interface Standing {
  worth: number
  hours: number
}

/** How many people want items: of late at several speeds, and those with as long a history as this one. */
export interface Popularity {
  /** A user's standing changes; `known` events of the user came before it. */
  learn(item: number, known: number, before: Readonly<Standing>, now: Readonly<Standing>): void
  /** People who want the item, at the long half-life. */
  count(item: number): number
  /** People for it less those against it, where those half-life number k ago count half; number 3 is so slow that it is nearly all of them. */
  lately(item: number, k: number): number
  /** The share of those who are against it, drawn to 0 by a few; at the long half-life. */
  disapproval(item: number): number
  /** People for it less those against it with about as many events before as `known`, at the long half-life. */
  atLength(item: number, known: number): number
  /** What the item is worth to people of late, good for comparing with others only. */
  rank(item: number): number
  /** All items whose rank is not 0, in its order; good until anything is learned. */
  inOrder(): Ordered
  reset(item: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Half-lives of popularity in hours: short, middle and long. */
export type HalfLives = readonly [number, number, number]
const [middle, long] = [1, 2]
const slower = 8

/** At how many speeds it is counted: the half-lives, and one that is slower still. */
export const speeds = 4

/** How much of a person an event of some worth counts: from a half for a step to one for a target; less than none against. */
export const shareOf = (worth: number): number => (worth > 0 ? 0.5 + 0.5 * worth : worth)

/**
 * Each user counts once for an item, with the share of their standing times ½^(age / half-life), ages in event time: what
 * comes again is renewed, not added, and what comes late is as old as it is.
 */
export function popularityCounts(halfLives: HalfLives): Popularity {
  const net = doubleColumn(speeds)
  const worths = doubleColumn()
  const people = doubleColumn()
  const byLength = doubleColumn(lengthClasses)
  const columns = columnSet({ net, worths, people, byLength })
  const clock = fadingClock([...halfLives, slower * halfLives[2]])
  const order = scoreOrder(item => worths.data[item] ?? 0)

  const rescale = (): void => {
    const factors = clock.restart()
    const scale = (data: Float64Array, k: number, step: number) => {
      for (let at = step === 1 ? 0 : k; at < data.length; at += step) data[at]! *= factors[k]!
    }
    for (let k = 0; k < speeds; k++) scale(net.data, k, speeds)
    scale(worths.data, middle, 1)
    scale(people.data, long, 1)
    scale(byLength.data, long, 1)
    // What was apart may be equal now.
    order.restart(worths.data.length)
  }

  return {
    learn(item, known, before, now) {
      clock.advance(now.hours)
      if (clock.full) rescale()
      order.changed(item)
      const then = before.worth === 0 ? 0 : shareOf(before.worth)
      const share = shareOf(now.worth)
      for (let k = 0; k < speeds; k++) {
        const earlier = then === 0 ? 0 : clock.weight(before.hours, k)
        const later = clock.weight(now.hours, k)
        net.data[item * speeds + k]! += share * later - then * earlier
        if (k === middle) worths.data[item]! += now.worth * later - before.worth * earlier
        if (k !== long) continue
        people.data[item]! += Math.max(0, share) * later - Math.max(0, then) * earlier
        byLength.data[item * lengthClasses + lengthClass(known)]! += share * later - then * earlier
      }
    },
    count: item => Math.max(0, people.data[item]! * clock.fade[long]!),
    lately: (item, k) => Math.max(0, net.data[item * speeds + k]! * clock.fade[k]!),
    disapproval(item) {
      const wanted = people.data[item]! * clock.fade[long]!
      const against = Math.max(0, wanted - net.data[item * speeds + long]! * clock.fade[long]!)
      return against / (wanted + against + few)
    },
    atLength(item, known) {
      const at = item * lengthClasses
      const own = lengthClass(known)
      const before = own > 0 ? byLength.data[at + own - 1]! : 0
      const after = own < lengthClasses - 1 ? byLength.data[at + own + 1]! : 0
      return Math.max(0, (byLength.data[at + own]! + 0.5 * (before + after)) * clock.fade[long]!)
    },
    rank: item => worths.data[item]!,
    inOrder: order.settled,
    reset(item) {
      columns.reset(item)
      order.changed(item)
    },
    save: items => ({ ...columns.save(items), clock: clock.save() }),
    restore(arrays) {
      columns.restore(arrays)
      order.restart(worths.data.length)
      clock.restore(arrays['clock'] as Float64Array)
    },
  }
}

/** People without whom nothing is said of an item. */
const few = 3
