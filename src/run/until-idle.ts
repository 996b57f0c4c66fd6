import { RecstreamError } from '../errors.ts'
import type { ManagedProcess } from './managed-process.ts'

/**
 * Wait until the input is consumed and everything derived from it is published: what learn and ingest came to.
 *
 * Import and `fed` end first; then ingest publishes all it has, learn goes through that, and ingest takes its lists in.
 */
export async function untilIdle(
  processes: Record<'ingest' | 'learn', ManagedProcess> & { import?: ManagedProcess },
  fed: Promise<unknown> | undefined,
) {
  const { ingest, learn } = processes
  await processes.import?.ended
  await fed
  const ingested = await ingest.ask({ type: 'drain' }, 'drained')
  const learned = await learn.ask({ type: 'drain' }, 'drained')
  if (learned.role !== 'learn' || ingested.role !== 'ingest')
    throw new RecstreamError('PROCESS_FAILED', 'A process gave a wrong answer.')
  const totals = await ingest.ask({ type: 'land' }, 'landed')
  return { ingested, learned, totals }
}
