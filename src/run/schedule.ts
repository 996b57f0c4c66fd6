import cron from 'node-cron'
import { RecstreamError } from '../errors.ts'

/** Says that a tick of a cron expression is due; never without an expression. */
export type Due = () => boolean

/** A clock that went back by more than this was set, ms; by less it was corrected. */
const setBackMs = 60_000

/**
 * Work that the clock asks for, done where the process is between batches.
 *
 *     const due = scheduled('*\/5 * * * *')
 *     if (due()) await snapshot()
 *
 * However many ticks went by since it was asked last, because a batch was long or the clock was set forward, it is due once.
 * Where the clock was set back, the next tick is the one that follows now.
 */
export function scheduled(expression: string | undefined): Due {
  if (expression === undefined) return () => false
  if (!cron.validate(expression)) {
    throw new RecstreamError(
      'PIPELINE_INVALID',
      `"${expression}" is not a cron expression; write one like "*/5 * * * *".`,
    )
  }
  // Never started: its own timer warns of each tick that it missed.
  const task = cron.createTask(expression, () => {})
  const following = () => task.getNextRuns(1)[0]!.getTime()
  let asked = Date.now()
  let next = following()
  return () => {
    const now = Date.now()
    const setBack = now < asked - setBackMs
    asked = now
    const due = !setBack && now >= next
    if (due || setBack) next = following()
    return due
  }
}
