import { symmetricSolver } from '../../../../state/cholesky.ts'
import type { FinishedSessions } from './finished-sessions.ts'
import { kinds } from './finished-sessions.ts'

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

/** Sessions of one kind against each other: means of J, and their variances. */
export interface Evidence {
  /** Mean of J under the learned weights less that under the base's, in standard errors; 0 before there is enough of both. */
  ahead: number
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

  const weightAt = (sessions: FinishedSessions, place: number, step: number) =>
    sessions.own[place]! * Math.exp((sessions.steps[place]! - step) / fade)
  const rateOf = (sessions: FinishedSessions, step: number) => {
    let [reward, days] = [0, 0]
    for (let place = 0; place < sessions.held; place++) {
      const weight = weightAt(sessions, place, step)
      reward += weight * sessions.rewards[place]!
      days += weight * sessions.days[place]!
    }
    return days > 0 ? reward / days : 0
  }
  const returnOf = (sessions: FinishedSessions, place: number, rate: number) =>
    sessions.rewards[place]! - rate * Math.min(capDays, sessions.days[place]!)
  const write = (sessions: FinishedSessions, place: number, centre: ArrayLike<number>, scale: number) => {
    row[0] = 1
    for (let k = 0; k < states; k++) row[1 + k] = sessions.states[place * states + k]!
    for (let k = 0; k < weights; k++) {
      const off = (sessions.weights[place * weights + k]! - centre[k]!) / scale
      row[1 + states + k] = off
      row[1 + states + weights + k] = off * off
    }
  }

  return {
    /** Good until the next call. */
    climb(sessions: FinishedSessions, centre: ArrayLike<number>, scale: number, step: number): Float64Array {
      const rate = rateOf(sessions, step)
      packed.fill(0)
      right.fill(0)
      for (let k = 0; k < size; k++) packed[(k * (k + 1)) / 2 + k] = penalties[k]!
      let total = 0
      for (let place = 0; place < sessions.held; place++) {
        const weight = weightAt(sessions, place, step)
        if (weight === 0) continue
        const value = returnOf(sessions, place, rate)
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
        const weight = weightAt(sessions, place, step)
        if (weight === 0) continue
        write(sessions, place, centre, scale)
        let left = returnOf(sessions, place, rate)
        for (let k = 0; k < size; k++) left -= solution[k]! * row[k]!
        squares += weight * left * left
      }
      const error = Math.sqrt(squares / Math.max(1e-9, total) / Math.max(1, total))
      for (let k = 0; k < weights; k++) t[k] = error > 0 ? solution[1 + states + k]! / error : 0
      return t
    },
    /** How far sessions under the learned weights are ahead of those under the base's. */
    compare(sessions: FinishedSessions, step: number, least: number): number {
      const rate = rateOf(sessions, step)
      const [base, mean] = [kinds.base, kinds.mean].map(kind => {
        let [n, sum, squares, square] = [0, 0, 0, 0]
        for (let place = 0; place < sessions.held; place++) {
          if (sessions.kinds[place] !== kind) continue
          const weight = weightAt(sessions, place, step)
          const value = returnOf(sessions, place, rate)
          n += weight
          sum += weight * value
          squares += weight * value * value
          square += weight * weight
        }
        const middle = n > 0 ? sum / n : 0
        // Kish's effective sample size.
        const effective = square > 0 ? (n * n) / square : 0
        return { middle, effective, error: (squares / Math.max(1e-9, n) - middle ** 2) / Math.max(1, effective - 1) }
      }) as [Sample, Sample]
      if (base.effective < least || mean.effective < least) return 0
      return (mean.middle - base.middle) / Math.sqrt(Math.max(1e-12, base.error + mean.error))
    },
  }
}

interface Sample {
  middle: number
  effective: number
  error: number
}
