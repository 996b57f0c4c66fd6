import { RecstreamError } from '../errors.ts'
import type { ManagedProcess } from './managed-process.ts'
import { drainedInAll, totalsInAll } from './spoken-as-one.ts'

/**
 * Wait until the input is consumed and everything derived from it is published: what learn and ingest came to.
 *
 * Import and `fed` end first; then ingest publishes all it has, learn goes through that, and ingest takes its lists in.
 */
export async function untilIdle(
  processes: { ingest: readonly ManagedProcess[]; learn: ManagedProcess; import?: ManagedProcess },
  fed: Promise<unknown> | undefined,
) {
  const { ingest, learn } = processes
  await processes.import?.ended
  await fed
  const drained = await Promise.all(ingest.map(shard => shard.ask({ type: 'drain' }, 'drained')))
  const learned = await learn.ask({ type: 'drain' }, 'drained')
  const ingested = drained.filter(answer => answer.role === 'ingest')
  if (learned.role !== 'learn' || ingested.length < drained.length)
    throw new RecstreamError('PROCESS_FAILED', 'A process gave a wrong answer.')
  const landed = await Promise.all(ingest.map(shard => shard.ask({ type: 'land' }, 'landed')))
  return { ingested: drainedInAll(ingested), learned, totals: totalsInAll(landed) }
}
