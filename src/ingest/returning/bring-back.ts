import type { PipelineDefinition } from '../../records/definition.ts'
import type { Warehouse } from '../../records/warehouse.ts'
import type { Cleaned } from '../stage-batch.ts'
import type { Stages } from '../stages.ts'
import { Exclusions } from './exclusions.ts'

/** Load the table of the learner's users where a batch may need it. */
export async function loadLearnerUsers(
  stages: Stages,
  warehouse: Warehouse,
  events: number,
  committed: () => Promise<void>,
): Promise<void> {
  const { learnerUsers } = stages
  if (!learnerUsers.mustLoad(events)) return
  await committed()
  const { since, maxUsers } = learnerUsers.room
  learnerUsers.load(await warehouse.usersInOrder({ after: since, limit: maxUsers }))
}

/** What users bring back whom the learner has forgotten, by all events that the warehouse holds of them, under any of their ids. */
export async function broughtBack(
  { returning, merged }: Cleaned,
  { meanings }: Pick<PipelineDefinition, 'meanings'>,
  warehouse: Warehouse,
  committed: () => Promise<void>,
): Promise<Exclusions> {
  const exclusions = new Exclusions(merged)
  const holding = Object.entries(meanings).filter(([, { again }]) => again !== 'always')
  if (returning.length === 0 || holding.length === 0) return exclusions
  await committed()
  const again = Object.fromEntries(holding.map(([name, { again }]) => [name, again === 'never' ? null : Number(again)]))
  const userIds = [...new Set(returning.flatMap(id => merged.ids(id)))]
  for await (const rows of warehouse.excluded({ userIds, again })) {
    for (const row of rows) exclusions.add(row)
  }
  return exclusions
}
