import { symmetricSolver } from '../../../../state/cholesky.ts'
import type { FinishedSessions } from '../index/finished-sessions.ts'
import { counted, rewardRate, sessionReturn } from '../index/session-return.ts'

/** What is asked of finished sessions. */
export interface CriticSetup {
  /** Learned weights, and state numbers. */
  weights: number
  states: number
  /** Events after which a session counts 1/e. */
  fade: number
  /** Days away that count at most. */
  capDays: number
}

/**
 * The quadratic critic of the session action: J = Σ reward − ρ·min(days, cap) on [1, state, dx, dx²], dx = (w − centre)/scale,
 * by ridge regression over all finished sessions, later ones counting more.
 *
 *     const t = critic.climb(sessions, centre, scale, step)   // how surely each weight should grow, in standard errors
 *
 * ρ is the running reward per day: what a day of the user's time is worth, so that whoever drives people away pays for it.
 */
export function sessionCritic({ weights, states, fade, capDays }: CriticSetup) {
  const size = 1 + states + 2 * weights
  const packed = new Float64Array((size * (size + 1)) / 2)
  const right = new Float64Array(size)
  const solution = new Float64Array(size)
  const row = new Float64Array(size)
  const t = new Float64Array(weights)
  const solver = symmetricSolver(size)
  const penalties = Float64Array.from({ length: size }, (_, k) =>
    k === 0 ? 1e-3 : k <= states ? 5 : k <= states + weights ? 30 : 60,
  )

  const write = (sessions: FinishedSessions, place: number, centre: ArrayLike<number>, scale: number) => {
    row[0] = 1
    for (let k = 0; k < states; k++) row[1 + k] = sessions.states[place * states + k]!
    for (let k = 0; k < weights; k++) {
      const off = (sessions.numbers[place * weights + k]! - centre[k]!) / scale
      row[1 + states + k] = off
      row[1 + states + weights + k] = off * off
    }
  }

  return {
    /** Good until the next call. */
    climb(sessions: FinishedSessions, centre: ArrayLike<number>, scale: number, step: number): Float64Array {
      const now = { step, fade }
      const rate = rewardRate(sessions, now)
      packed.fill(0)
      right.fill(0)
      for (let k = 0; k < size; k++) packed[(k * (k + 1)) / 2 + k] = penalties[k]!
      let total = 0
      for (let place = 0; place < sessions.held; place++) {
        const weight = counted(sessions, place, now)
        if (weight === 0) continue
        const value = sessionReturn(sessions, place, rate, capDays)
        write(sessions, place, centre, scale)
        total += weight
        for (let r = 0, at = 0; r < size; r++) {
          const scaled = weight * row[r]!
          right[r]! += scaled * value
          for (let c = 0; c <= r; c++) packed[at++]! += scaled * row[c]!
        }
      }
      solver.solve(packed, right, solution)
      let squares = 0
      for (let place = 0; place < sessions.held; place++) {
        const weight = counted(sessions, place, now)
        if (weight === 0) continue
        write(sessions, place, centre, scale)
        let left = sessionReturn(sessions, place, rate, capDays)
        for (let k = 0; k < size; k++) left -= solution[k]! * row[k]!
        squares += weight * left * left
      }
      const error = Math.sqrt(squares / Math.max(1e-9, total) / Math.max(1, total))
      for (let k = 0; k < weights; k++) t[k] = error > 0 ? solution[1 + states + k]! / error : 0
      return t
    },
  }
}
