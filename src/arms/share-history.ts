import { type Command, isAboutArms } from '../records/command.ts'
import type { ShareOfArm } from './arm-of-user.ts'

/** The shares of arms as commands change them. */
export interface ShareHistory {
  /** Shares now, in the order of the definition. */
  readonly shares: readonly ShareOfArm[]
  /** Commands that a roll-back can still undo, at most `undoable`. */
  readonly depth: number
  /** Shares before each of these commands and now, oldest first, [depth + 1][arms]; for `restore`. */
  readonly steps: readonly (readonly number[])[]
  /** Go on from the steps of another history of the same arms. */
  restore(steps: readonly (readonly number[])[]): void
  /** Apply a command; false, and nothing changes, where it is not about arms, names none that there is or there is nothing to undo. */
  apply(command: Pick<Command, 'kind' | 'shares' | 'arm'>): boolean
}

/** Changes that are remembered for roll-backs. */
export const undoable = 64

/**
 * Shares that begin as the definition has them. A roll-back goes back to what stood before the newest command that is not
 * undone yet.
 *
 *     const history = shareHistory([{ name: 'a', share: 1 }, { name: 'b', share: 1 }])
 *     history.apply({ kind: 'promote', arm: 'b', shares: {} })   // a 0, b 1
 *     history.apply({ kind: 'roll-back', arm: null, shares: {} })   // a 1, b 1
 */
export function shareHistory(arms: readonly ShareOfArm[]): ShareHistory {
  let steps: (readonly ShareOfArm[])[] = [arms.map(({ name, share }) => ({ name, share }))]
  const now = () => steps.at(-1)!

  return {
    get shares() {
      return now()
    },
    get depth() {
      return steps.length - 1
    },
    get steps() {
      return steps.map(step => step.map(({ share }) => share))
    },
    restore(saved) {
      steps = saved.map(step => arms.map(({ name }, k) => ({ name, share: step[k]! })))
    },
    apply({ kind, shares, arm }) {
      if (!isAboutArms({ kind })) return false
      if (kind === 'roll-back') {
        if (steps.length === 1) return false
        steps.pop()
        return true
      }
      const wanted = wantedBy({ kind, shares, arm }, now())
      const next = now().map(({ name }) => ({ name, share: Object.hasOwn(wanted, name) ? wanted[name]! : 0 }))
      const known = Object.keys(wanted).every(name => next.some(each => each.name === name))
      const usable =
        next.every(({ share }) => Number.isFinite(share) && share >= 0) && next.some(each => each.share > 0)
      if (!known || !usable) return false
      steps.push(next)
      if (steps.length > undoable + 1) steps.shift()
      return true
    },
  }
}

/** What a command wants each arm to get. */
function wantedBy(
  { kind, shares, arm }: Pick<Command, 'kind' | 'shares' | 'arm'>,
  now: readonly ShareOfArm[],
): Readonly<Record<string, number>> {
  if (kind === 'promote') return { [arm ?? '']: 1 }
  if (kind === 'guard') return { ...Object.fromEntries(now.map(({ name, share }) => [name, share])), [arm ?? '']: 0 }
  return shares
}
