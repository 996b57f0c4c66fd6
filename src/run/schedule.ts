import cron from 'node-cron'
import { RecstreamError } from '../errors.ts'

/** Says once for every tick of a cron expression that it is due; never without an expression. */
export interface Due {
  (): boolean
  stop(): void
}

/**
 * Work that the clock asks for, done where the process is between batches.
 *
 *     const due = scheduled('*\/5 * * * *')
 *     if (due()) await snapshot()
 */
export function scheduled(expression: string | undefined): Due {
  let waiting = false
  if (expression === undefined) return Object.assign(() => false, { stop: () => {} })
  if (!cron.validate(expression)) {
    throw new RecstreamError(
      'PIPELINE_INVALID',
      `"${expression}" is not a cron expression; write one like "*/5 * * * *".`,
    )
  }
  const task = cron.schedule(expression, () => {
    waiting = true
  })
  const due = () => {
    const now = waiting
    waiting = false
    return now
  }
  return Object.assign(due, { stop: () => void task.stop() })
}
