import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { RecstreamError } from '../../errors.ts'
import type { RunningBroker } from '../../log/kafka/broker.ts'

type WatchedBroker = Pick<RunningBroker, 'pid' | 'folder' | 'restart'>

/**
 * Until the signal: one broker that ended is the end, one of several is started again. One that cannot be is the end too;
 * then the others are no longer watched, so that the caller can stop them.
 */
export async function watchBrokers(
  brokers: readonly WatchedBroker[],
  given: {
    stopped: AbortSignal
    tell: (line: string) => void
    /** How long one of several stays away that ended by itself, ms. */
    awayMs?: number
    lookMs?: number
  },
): Promise<void> {
  const { tell, awayMs = 10_000, lookMs = 1_000 } = given
  const failed = new AbortController()
  const stopped = AbortSignal.any([given.stopped, failed.signal])
  const until = (ms: number) => setTimeout(ms, undefined, { signal: stopped }).catch(() => {})
  const watch = async (broker: WatchedBroker, k: number) => {
    for (; !stopped.aborted; await until(lookMs)) {
      if (lives(broker.pid)) continue
      if (brokers.length === 1) {
        throw new RecstreamError('LOG_UNAVAILABLE', `Kafka ended by itself; see ${join(broker.folder, 'broker.log')}.`)
      }
      tell(`Broker ${k + 1} ended; the others lead its partitions. It is started again in ${awayMs / 1_000} seconds.`)
      await until(awayMs)
      if (stopped.aborted) return
      await broker.restart()
      tell(`Broker ${k + 1} is back.`)
    }
  }
  const watching = brokers.map(watch)
  try {
    await Promise.all(watching)
  } finally {
    failed.abort()
    // One that is being started must be there before it can be stopped.
    await Promise.allSettled(watching)
  }
}

/** Only Docker's client, which has no pid of ours to look at, is taken at its word. */
function lives(pid: number | null): boolean {
  if (pid === null) return true
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
