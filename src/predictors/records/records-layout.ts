import { signalNames } from '../../records/signals.ts'

/** The reward, then what events say beside it. */
export const signalCount = 1 + signalNames.length
export const userFades = [0.5, 0.8, 0.95, 1] as const
/** Events of the mean that a rate is drawn to: rates of users and of them in a context, of contexts. */
export const damping = { user: 3, context: 50 } as const
export const fadeOfAll = 0.9999
export const lastKept = 5
/** Numbers of each of the last records: its signals, whether the context was the same, how long before the next it was. */
export const lastWidth = signalCount + 2
/** Newcomer, gap, just now, place and length of the session, and the hour as a point on a circle. */
export const sessionSize = 7
/** Rates of the user at each fade and in the context. */
export const ratesSize = (userFades.length + 1) * signalCount
/** Those, rates of the context, two counts, the last records, the session. */
export const recordsSize = ratesSize + signalCount + 2 + lastKept * lastWidth + sessionSize
/** What pairs are of. */
export const pairKinds = { context: 0, user: 1 } as const

/** A feature within four units of zero. */
export const within = (feature: number): number => Math.min(4, Math.max(-4, feature))
