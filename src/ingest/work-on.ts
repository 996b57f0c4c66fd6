import type { PipelineDefinition } from '../records/definition.ts'
import type { Warehouse } from '../records/warehouse.ts'
import type { Feeds } from './join/feature-tables.ts'
import { loadMissing } from './load-missing.ts'
import type { Entry } from './order/follow.ts'
import { broughtBack, loadLearnerUsers } from './returning/bring-back.ts'
import type { StageOutput } from './stage-batch.ts'
import type { Stages } from './stages.ts'

/** Work on a batch, with what left memory brought back before; `committed` resolves when the tables hold all before it. */
export async function workedOn(
  batch: readonly Entry[],
  { stages, warehouse, definition }: { stages: Stages; warehouse: Warehouse; definition: PipelineDefinition },
  how: { feeds: Feeds; lettersRecorded: boolean; committed: () => Promise<void> },
): Promise<StageOutput> {
  await loadMissing(batch, { stages, warehouse, definition }, how.committed)
  await loadLearnerUsers(stages, warehouse, batch.length, how.committed)
  const cleaned = stages.clean(batch)
  const exclusions = await broughtBack(cleaned, definition, warehouse, how.committed)
  return stages.join(cleaned, how.feeds, exclusions, how.lettersRecorded)
}
