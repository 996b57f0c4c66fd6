import { decayed } from '../../../draw.ts'
import type { DdpgOptions } from '../options.ts'
import type { FinishedSessions } from './finished-sessions.ts'
import { aheadOfBase } from './session-return.ts'

/**
 * Whether the learned weights serve, or the base's: sessions under the one are compared with sessions under the other, live.
 *
 *     gate.judge(sessions, step)
 *     gate.isClosed        // the rating alone serves, until the learned weights are no longer behind
 *     gate.shares(step)    // of sessions that the base's weights and the learned ones serve without noise
 *
 * While it is closed both change places: the base's serve whom the learned ones served, and a few sessions go on trying.
 */
export function baseGate(o: Pick<DdpgOptions, 'baseShare' | 'noisy' | 'surely' | 'fade' | 'capDays'>) {
  /** How far the learned weights are ahead, in standard errors; 1 while the base's serve. */
  const state = new Float64Array(2)
  return {
    state,
    get isClosed() {
      return state[1] === 1
    },
    judge(sessions: FinishedSessions, step: number): void {
      const ahead = aheadOfBase(sessions, { step, fade: o.fade }, o.capDays)
      state[0] = ahead
      state[1] = ahead < -o.surely || (state[1] === 1 && ahead < 0) ? 1 : 0
    },
    shares(step: number): { base: number; mean: number } {
      const mean = (1 - o.baseShare) * (1 - decayed(o.noisy, step))
      return state[1] === 1 ? { base: mean, mean: o.baseShare } : { base: o.baseShare, mean }
    },
  }
}
