import { ManagedProcess } from './managed-process.ts'
import type { Assignment } from './messages.ts'
import { restartNotices } from './restart-notices.ts'

/** A process that follows a pipeline's learner for a service. */
export interface Follower {
  /** Rejects when it is given up: what it lacks does not come by trying again. */
  failed: Promise<never>
  /** Let it finish what is at hand and end. */
  stop(): Promise<void>
}

/** How long it may take to end, ms. */
const grace = 15_000

/**
 * Start a follower, and keep it alive.
 *
 *     const follower = startFollower({ pipeline, settings, data, connection, run: newRun() }, say)
 *     const service = runServe(assignment, link, followSockets(run.id))
 */
export function startFollower(
  assignment: Omit<Assignment, 'role' | 'held' | 'restarts'>,
  onNotice: (message: string) => void,
): Follower {
  // The run's log in the data folder is the leader's.
  const restarts = restartNotices({ warn: () => {} }, onNotice)
  const child = new ManagedProcess({
    assignment: { ...assignment, role: 'follow' },
    onMessage(message) {
      if (message.type === 'ready') restarts.well('follow')
      if (message.type === 'waiting') restarts.waits('follow', message.reason)
      if (message.type === 'notice') onNotice(message.message)
    },
    onRestart: (reason, cause) => restarts.began('follow', reason, cause),
    onAdvance: () => restarts.advanced('follow'),
  })
  const failed = child.ended.then(() => new Promise<never>(() => {}))
  failed.catch(() => {})
  return { failed, stop: () => child.stop(grace) }
}
