import { losingArm } from '../../arms/guard.ts'
import { shareHistory } from '../../arms/share-history.ts'
import type { Command } from '../../records/command.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { rewardWindows } from './reward-windows.ts'

/** A command as it was taken in, and whether it could be followed; one that could not says so in its reason. */
export interface Accepted {
  command: Command
  followed: boolean
}

/** Who has which share: what commands say, and what the guard does by itself. */
export interface ArmControl {
  /** Shares now, by arm. */
  readonly shares: Readonly<Record<string, number>>
  /** A command as it holds from a row on; nothing changes before it is scheduled. */
  accept(command: Command, row: number): Accepted
  /** Apply an accepted command when its row comes; to be called in the order in which they were accepted. */
  schedule(command: Command): void
  /** The sequence of a row is about to be consumed. */
  begin(row: number): void
  event(user: number, time: number, reward: number): void
  list(user: number, arm: number, time: number): void
  /** A block has ended with this row; what the guard did, if anything. */
  endBlock(row: number): Command | null
  resetUser(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * Control over the shares of a pipeline's arms; `changed` receives the new ones.
 *
 * What is scheduled is not saved: it stands on the commands topic, and whoever restores a learner schedules it again.
 */
export function armControl(
  { arms, guard }: Pick<PipelineDefinition, 'arms' | 'guard'>,
  changed: (shares: readonly number[]) => void,
): ArmControl {
  const names = arms.map(({ name }) => name)
  const rivals = arms.length > 1
  const windows = rewardWindows(arms.length, guard.days)
  const scheduled: Command[] = []
  const history = shareHistory(arms)

  const shares = () => history.shares.map(({ share }) => share)
  const byName = ({ shares: each }: Pick<typeof history, 'shares'>) =>
    Object.fromEntries(each.map(({ name, share }) => [name, share]))
  const apply = (command: Command): void => {
    const before = shares()
    if (!history.apply(command)) return
    const now = shares()
    // Whom people give a share again is judged by what comes from now on; else the guard would undo it at once.
    for (const [arm, share] of now.entries()) if (share > 0 && before[arm] === 0) windows.forget(arm)
    changed(now)
  }
  return {
    get shares() {
      return byName(history)
    },
    accept(command, row) {
      const after = shareHistory(arms)
      after.restore(history.steps)
      for (const earlier of scheduled) after.apply(earlier)
      const taken = { ...command, appliedAt: row }
      if (after.apply(command)) return { command: { ...taken, shares: byName(after) }, followed: true }
      const reason = `Refused: it names no arm that there is, or nothing to undo. ${command.reason}`.trim()
      return { command: { ...taken, reason }, followed: false }
    },
    schedule(command) {
      scheduled.push(command)
    },
    begin(row) {
      while (scheduled.length > 0 && scheduled[0]!.appliedAt! <= row) apply(scheduled.shift()!)
    },
    event(user, time, reward) {
      if (rivals) windows.event(user, time, reward)
    },
    list(user, arm, time) {
      if (rivals) windows.list(user, arm, time)
    },
    endBlock(row) {
      if (!rivals || !windows.settle() || guard.enabled === 'no') return null
      const samples = arms.map((_, arm) => windows.sample(arm))
      const loser = losingArm(samples, shares(), names, guard)
      if (loser === null) return null
      const arm = names[loser.arm]!
      const nobody = { fromUser: null, toUser: null }
      const asked = { kind: 'guard' as const, shares: {}, arm, ...nobody, time: windows.clock, reason: loser.reason }
      const command = { ...asked, commandId: `guard-${arm}-${row}`, appliedAt: row + 1 }
      apply(command)
      return { ...command, shares: byName(history) }
    },
    resetUser(user) {
      if (rivals) windows.reset(user)
    },
    save(users) {
      if (!rivals) return {}
      return { shares: Float64Array.from(history.steps.flat()), ...prefixed('rewards', windows.save(users)) }
    },
    restore(arrays) {
      scheduled.length = 0
      if (!rivals) return
      const all = [...(arrays['shares'] as Float64Array)]
      const count = all.length / arms.length
      history.restore(Array.from({ length: count }, (_, k) => all.slice(k * arms.length, (k + 1) * arms.length)))
      windows.restore(withPrefix('rewards', arrays))
      changed(shares())
    },
  }
}
