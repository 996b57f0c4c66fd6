import type { RecentRates } from '../../../predictors/ensemble/watch/recent-rates.ts'
import type { Exchanged } from './exchanged.ts'

/**
 * Sums that fade with each event: they say which events came after which, and that is not exchanged. They become what they would be
 * if each learner's events had come after those of the learners before it; their counts are then the very ones of all events.
 *
 *     S ← fⁿ·S + D for each learner in order, D = its own sum − fⁿ·S, n its events
 */
function faded(old: Float64Array, fades: readonly number[]) {
  const width = fades.length
  return {
    /** What a learner's `events` added to the slot whose numbers stand from `at` on. */
    added: (now: ArrayLike<number>, at: number, events: number): number[] =>
      fades.map((fade, k) => now[at + k]! - fade ** events * old[at + k]!),
    take(at: number, events: number, given: ArrayLike<number>, from: number) {
      for (let k = 0; k < width; k++) old[at + k] = fades[k]! ** events * old[at + k]! + given[from + k]!
    },
  }
}

/** The late rewards of items. */
export function fadedRates(rates: RecentRates, items: number): Exchanged {
  const { fades } = rates
  const width = fades.length
  // As long as no slot is added, these are the part's own arrays.
  const live = rates.save(items) as Record<'sums' | 'counts' | 'events', Float32Array>
  const old = { sums: Float64Array.from(live.sums), counts: Float64Array.from(live.counts) }
  const parts = (['sums', 'counts'] as const).map(name => ({ name, of: faded(old[name], fades) }))
  return {
    give({ items: touched, events }) {
      const added = parts.map(({ name, of }) => [
        name,
        Float64Array.from([...touched].flatMap((item, k) => of.added(live[name], item * width, events[k]!))),
      ])
      return { touched, events, ...Object.fromEntries(added) }
    },
    take(given, own) {
      for (const [learner, { touched, events, ...added }] of given.entries()) {
        for (let k = 0; k < touched!.length; k++) {
          const item = touched![k]!
          for (const { name, of } of parts) of.take(item * width, events![k]!, added[name]!, k * width)
          if (learner !== own) live.events[item]! += events![k]!
        }
      }
      for (const { touched } of given) {
        for (const item of touched!) {
          for (const { name } of parts) {
            live[name].set(old[name].subarray(item * width, (item + 1) * width), item * width)
          }
        }
      }
    },
  }
}

/** Numbers that fade with every event. */
export function fadedNumbers(live: Float64Array, fade: number): Exchanged {
  const old = live.slice()
  const of = faded(
    old,
    Array.from(live, () => fade),
  )
  return {
    give({ events }) {
      const count = events.reduce((sum, each) => sum + each, 0)
      return { events: Int32Array.of(count), added: Float64Array.from(of.added(live, 0, count)) }
    },
    take(given) {
      for (const { events, added } of given) of.take(0, events![0]!, added!, 0)
      live.set(old)
    },
  }
}
