import { setTimeout as delay } from 'node:timers/promises'
import { isRecstreamError } from '../../errors.ts'
import type { Log } from '../../log/log.ts'

/** How soon brokers that are away are asked again, ms. */
const againMs = 250

/**
 * The log, as soon as its brokers answer.
 *
 *     const log = await awaitLog(() => openLog(connection, layout), reason => link.waiting(reason))
 *
 * Whoever waits here has everything else ready by then: to be started again would cost the processor for as long as the
 * brokers are away, and then, on a busy machine, many seconds more.
 */
export async function awaitLog(open: () => Promise<Log>, onWaiting: (reason: string | null) => void): Promise<Log> {
  for (let waited = false; ; waited = true) {
    try {
      const log = await open()
      if (waited) onWaiting(null)
      return log
    } catch (error) {
      if (!isRecstreamError(error, 'LOG_UNAVAILABLE')) throw error
      onWaiting(error.message)
    }
    await delay(againMs)
  }
}
