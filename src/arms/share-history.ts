import type { ShareOfArm } from './arm-of-user.ts'
import type { Command } from './command.ts'

/** The shares of arms as commands change them. */
export interface ShareHistory {
  /** Shares now, in the order of the definition. */
  readonly shares: readonly ShareOfArm[]
  /** Commands that a roll-back can still undo. */
  readonly depth: number
  /** Apply a command; false, and nothing changes, where it names no arm that there is or there is nothing to undo. */
  apply(command: Pick<Command, 'kind' | 'shares' | 'arm'>): boolean
}

/**
 * Shares that begin as the definition has them. A roll-back goes back to what stood before the newest command that is not
 * undone yet.
 *
 *     const history = shareHistory([{ name: 'a', share: 1 }, { name: 'b', share: 1 }])
 *     history.apply({ kind: 'promote', arm: 'b', shares: {} })   // a 0, b 1
 *     history.apply({ kind: 'roll-back', arm: null, shares: {} })   // a 1, b 1
 */
export function shareHistory(arms: readonly ShareOfArm[]): ShareHistory {
  const steps: (readonly ShareOfArm[])[] = [arms.map(({ name, share }) => ({ name, share }))]
  const now = () => steps.at(-1)!

  return {
    get shares() {
      return now()
    },
    get depth() {
      return steps.length - 1
    },
    apply({ kind, shares, arm }) {
      if (kind === 'roll-back') {
        if (steps.length === 1) return false
        steps.pop()
        return true
      }
      const wanted = kind === 'promote' ? { [arm ?? '']: 1 } : shares
      const next = now().map(({ name }) => ({ name, share: Object.hasOwn(wanted, name) ? wanted[name]! : 0 }))
      const known = Object.keys(wanted).every(name => next.some(each => each.name === name))
      const usable =
        next.every(({ share }) => Number.isFinite(share) && share >= 0) && next.some(each => each.share > 0)
      if (!known || !usable) return false
      steps.push(next)
      return true
    },
  }
}
