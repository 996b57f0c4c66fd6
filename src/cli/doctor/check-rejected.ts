import { fairShare, type RejectedByReason, reasonCounts, rejectedInAll } from '../../ingest/rejection-words.ts'
import { topicsOf } from '../../records/topics.ts'
import { count, plural } from '../../records/words.ts'
import { partsWithTables } from '../../run/snapshot-of.ts'
import type { ChosenPipeline } from '../choose-pipeline.ts'
import { queryWarehouse } from '../sql/query-warehouse.ts'
import { type Finding, warning } from './finding.ts'

const limits = { memoryMb: 512, seconds: 60, maxRows: 100 }

/** Whether a pipeline rejects more than it should; nothing where it does not, or has no tables yet. */
export async function checkRejected({ name, layout }: ChosenPipeline): Promise<Finding[]> {
  if (partsWithTables(layout).length === 0) return []
  try {
    const { rows } = await queryWarehouse(
      layout,
      `select topic = '${topicsOf(name).behaviourEvents}', reason, count(*) from dead_letters group by all
       union all select true, '', coalesce(max(sequence), count(*)) from events`,
      limits,
    )
    const countsOf = (wanted: (event: boolean, reason: string) => boolean) =>
      Object.fromEntries(
        rows
          .filter(([event, reason]) => wanted(event === true, String(reason)))
          .map(([, reason, n]) => [reason, Number(n)]),
      ) as RejectedByReason
    const kept = countsOf((_, reason) => reason === '')['']!
    return findings(
      name,
      kept,
      countsOf((event, reason) => event && reason !== ''),
      {
        failed: rejectedInAll(countsOf((_, reason) => reason === 'definition-failed')),
      },
    )
  } catch (error) {
    return [warning(name, `Its tables cannot be read: ${(error as Error).message}`)]
  }
}

function findings(name: string, kept: number, rejected: RejectedByReason, { failed }: { failed: number }): Finding[] {
  const found: Finding[] = []
  const total = rejectedInAll(rejected)
  if (total > fairShare * (kept + total)) {
    const what = `${count(total)} of ${plural(kept + total, 'event')} were rejected so far: ${reasonCounts(rejected)}.`
    found.push(warning(name, what, `See \`recstream dead-letters -p ${name}\`.`))
  }
  if (failed > 0) {
    const what = `A function of its module failed on ${plural(failed, 'record')} so far.`
    const advice = `Mend it; \`recstream dead-letters -p ${name} --reason definition-failed\` says what it threw.`
    found.push(warning(name, what, advice))
  }
  return found
}
