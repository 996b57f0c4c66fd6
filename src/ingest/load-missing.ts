import type { PipelineDefinition } from '../records/definition.ts'
import type { Warehouse } from '../records/warehouse.ts'
import type { Entry } from './order/follow.ts'
import type { Stages } from './stages.ts'

/** Load what left memory and a batch needs; `committed` resolves once the warehouse holds every batch before it. */
export async function loadMissing(
  batch: readonly Entry[],
  { stages, warehouse, definition }: { stages: Stages; warehouse: Warehouse; definition: PipelineDefinition },
  committed: () => Promise<void>,
): Promise<void> {
  const missing = stages.missing(batch)
  if (missing.states.length + missing.users.length + missing.items.length === 0) return
  await committed()
  const { shortLength } = definition.window
  const { botWindowMs } = definition.clean
  const query = { upTo: stages.sequence, shortLength, botWindowMs, userIds: missing.states }
  if (missing.states.length > 0) {
    for await (const windows of warehouse.windows(query)) stages.loadUsers(windows, false)
  }
  if (missing.users.length > 0) {
    for await (const users of warehouse.users(missing.users)) stages.loadFeatures({ users }, false)
  }
  if (missing.items.length > 0) {
    for await (const items of warehouse.items(missing.items)) stages.loadFeatures({ items }, false)
  }
}
