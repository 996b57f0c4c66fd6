/** Weights of event times that make what is old count less without being touched: an event at time t weighs 2^(t / half-life). */
export interface FadingClock {
  /** An event has come; true where weights get too large, and `restart` must follow. Older events change nothing. */
  advance(hours: number): void
  readonly full: boolean
  /** Begin anew at the newest time; returns what every number kept is to be multiplied by, for each half-life. */
  restart(): Float64Array
  /** The weight of an event of this time, for half-life number k. */
  weight(hours: number, k: number): number
  /** What numbers kept are to be multiplied by to be as of the newest time. */
  readonly fade: Float64Array
  save(): Float64Array
  restore(saved: Float64Array): void
}

/**
 * A clock for half-lives in hours of event time; late events weigh as much as they would have in time.
 *
 *     clock.advance(hours)
 *     kept += clock.weight(hours, 0)
 *     kept * clock.fade[0]!   // how many there were of late
 */
export function fadingClock(halfLives: readonly number[], limit = 400): FadingClock {
  const shortest = Math.min(...halfLives)
  const state = Float64Array.of(Number.NaN, Number.NaN) // where weights are 1, the newest time
  const fade = new Float64Array(halfLives.length).fill(1)
  const factors = new Float64Array(halfLives.length)

  const work = (): void => {
    for (let k = 0; k < fade.length; k++) fade[k] = 2 ** ((state[0]! - state[1]!) / halfLives[k]!)
  }
  return {
    fade,
    advance(hours) {
      if (hours <= state[1]!) return
      if (Number.isNaN(state[0]!)) state[0] = hours
      state[1] = hours
      work()
    },
    get full() {
      return (state[1]! - state[0]!) / shortest > limit
    },
    restart() {
      factors.set(fade)
      state[0] = state[1]!
      work()
      return factors
    },
    weight: (hours, k) => 2 ** ((hours - state[0]!) / halfLives[k]!),
    save: () => state.slice(),
    restore(saved) {
      state.set(saved)
      if (!Number.isNaN(state[0]!)) work()
    },
  }
}
