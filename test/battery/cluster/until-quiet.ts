import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../../../src/log/log.ts'
import { until } from '../../promises/command.ts'

const ends = async (log: Log, topics: readonly string[]) =>
  (await Promise.all(topics.map(topic => log.ranges(topic)))).flat().map(({ end }) => end)

/** Nothing new in these topics for so long, ms: whoever had something to write has written it. */
export async function untilQuiet(log: Log, topics: readonly string[], quietMs: number): Promise<void> {
  let seen = ''
  let since = performance.now()
  await until(
    'the topics to be quiet',
    async () => {
      const now = JSON.stringify(await ends(log, topics))
      if (now !== seen) since = performance.now()
      seen = now
      await delay(500)
      return performance.now() - since > quietMs
    },
    900_000,
  )
}
