import { type FinishedSessions, kinds } from './finished-sessions.ts'

/** Events observed by now, and those after which a session counts 1/e. */
export interface Now {
  step: number
  fade: number
}

/** How much a session counts: by its share of own items, and by its age. */
export const counted = (sessions: FinishedSessions, place: number, { step, fade }: Now): number =>
  sessions.own[place]! * Math.exp((sessions.steps[place]! - step) / fade)

/** ρ, the running reward per day: what a day of a user's time is worth. */
export function rewardRate(sessions: FinishedSessions, now: Now): number {
  let [reward, days] = [0, 0]
  for (let place = 0; place < sessions.held; place++) {
    const weight = counted(sessions, place, now)
    reward += weight * sessions.rewards[place]!
    days += weight * sessions.days[place]!
  }
  return days > 0 ? reward / days : 0
}

/** J = Σ reward − ρ·min(days, cap): whoever drives people away pays for it. */
export const sessionReturn = (sessions: FinishedSessions, place: number, rate: number, capDays: number): number =>
  sessions.rewards[place]! - rate * Math.min(capDays, sessions.days[place]!)

/**
 * How far sessions under the learned weights are ahead of those under the base's, in standard errors of the difference;
 * 0 while there are fewer of either than say anything.
 */
export function aheadOfBase(sessions: FinishedSessions, now: Now, capDays: number): number {
  const rate = rewardRate(sessions, now)
  const [base, learned] = [kinds.base, kinds.mean].map(kind => {
    let [sum, squares, total, squared] = [0, 0, 0, 0]
    for (let place = 0; place < sessions.held; place++) {
      const weight = sessions.kinds[place] === kind ? counted(sessions, place, now) : 0
      const value = sessionReturn(sessions, place, rate, capDays)
      total += weight
      squared += weight * weight
      sum += weight * value
      squares += weight * value * value
    }
    // Kish's effective sample size.
    const size = squared > 0 ? total ** 2 / squared : 0
    const mean = total > 0 ? sum / total : 0
    return { size, mean, error: size > 1 ? Math.max(0, squares / total - mean ** 2) / (size - 1) : 0 }
  }) as [Sample, Sample]
  if (base.size < enough || learned.size < enough) return 0
  return (learned.mean - base.mean) / Math.sqrt(base.error + learned.error + 1e-12)
}

interface Sample {
  size: number
  mean: number
  error: number
}

/** Sessions of either kind before they are compared. */
const enough = 20
