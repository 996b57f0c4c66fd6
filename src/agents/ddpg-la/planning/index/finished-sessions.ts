import type { SavedArrays } from '../../../../state/saved-arrays.ts'

/** Which weights a session was served by: the rating ranker's, those that were learned, or these with noise. */
export const kinds = { base: 0, mean: 1, noise: 2 } as const

/** A session as it went. */
export interface FinishedSession {
  /** What was held for it. [K] */
  numbers: ArrayLike<number>
  /** State numbers as of its beginning. [S] */
  state: ArrayLike<number>
  kind: number
  /** Σ reward, and days from its beginning to that of the user's next one. */
  reward: number
  days: number
  /** Share of its items that it was served, in (0, 1]: the rest came from elsewhere. */
  own: number
  /** Events observed by its beginning. */
  step: number
}

/**
 * Finished sessions of all users in a ring, each knowing the one before it of the same user, so that a user can be forgotten.
 *
 * What is learned is worked out from it anew each time, so that nothing of somebody forgotten is left in any sum.
 * 4·(K + S) + 40 bytes a session.
 */
export function finishedSessions(capacity: number, width: number, stateCount: number) {
  const ring = {
    numbers: new Float32Array(capacity * width),
    states: new Float32Array(capacity * stateCount),
    kinds: new Uint8Array(capacity),
    rewards: new Float64Array(capacity),
    days: new Float64Array(capacity),
    own: new Float32Array(capacity),
    steps: new Float64Array(capacity),
    previous: new Float64Array(capacity),
    counts: new Float64Array(1),
  }
  const widthOf = (array: { length: number }) => array.length / capacity
  const rows = Object.entries(ring).filter(([name]) => name !== 'counts')
  const placeOf = (number: number) => {
    const added = ring.counts[0]!
    return number >= 0 && number >= added - capacity && number < added ? number % capacity : -1
  }

  return {
    ...ring,
    get held() {
      return Math.min(ring.counts[0]!, capacity)
    },
    /** Number of the new one; `previous` is that of the user's one before, −1 if there is none. */
    add(session: FinishedSession, previous: number): number {
      const number = ring.counts[0]!
      const at = number % capacity
      ring.numbers.set(session.numbers, at * width)
      ring.states.set(session.state, at * stateCount)
      ring.kinds[at] = session.kind
      ring.rewards[at] = session.reward
      ring.days[at] = session.days
      ring.own[at] = session.own
      ring.steps[at] = session.step
      ring.previous[at] = previous
      ring.counts[0] = number + 1
      return number
    },
    /** Who was thought to be gone came back: so many days were between. */
    returned(number: number, days: number): void {
      const at = placeOf(number)
      if (at >= 0) ring.days[at] = days
    },
    /** Clear the session of this number and those of the same user before it: nothing is learned from them again. */
    forget(number: number): void {
      for (let at = placeOf(number); at >= 0; ) {
        const before = ring.previous[at]!
        for (const [, array] of rows) array.fill(0, at * widthOf(array), (at + 1) * widthOf(array))
        ring.previous[at] = -1
        at = placeOf(before)
      }
    },
    save(): SavedArrays {
      const held = Math.min(ring.counts[0]!, capacity)
      const part = rows.map(([name, array]) => [name, array.slice(0, held * widthOf(array))])
      return { ...Object.fromEntries(part), counts: ring.counts.slice() }
    },
    restore(arrays: SavedArrays): void {
      for (const [name, array] of Object.entries(ring)) array.set(arrays[name] as never)
    },
  }
}
export type FinishedSessions = ReturnType<typeof finishedSessions>
