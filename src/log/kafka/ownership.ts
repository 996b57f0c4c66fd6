import type { Position } from '../log.ts'
import type { Cluster } from './client.ts'
import type { Connection } from './connection.ts'
import { coordinatorOf } from './coordinator.ts'
import { tell, toldOf } from './groups.ts'
import { ranges } from './offsets.ts'
import { type Owner, otherRun, type RunWords, takenOver, wordsOf } from './owner.ts'

/** Write down that the producer is ours; TAKEN_OVER where a run that began later has it, LED_ELSEWHERE where a standby has. */
export async function claim(connection: Connection, owner: Owner, patienceMs: number): Promise<void> {
  const { topic, partition, group } = owner
  const range = (await ranges(connection, topic))[partition]!
  await connection.ask(
    [topic],
    async cluster => {
      const coordinator = await coordinatorOf(cluster, 'group', group)
      const [told] = await toldOf(coordinator, group, [{ topic, partition }])
      const other = otherRun(told?.metadata, owner.run)
      const isOurs = other === null || owner.standby || !(owner.held || other.standby)
      if (!isOurs) throw takenOver(owner, other)
      const offset = told?.offset ?? range.first
      await tell(coordinator, group, [{ topic, partition, offset, metadata: wordsOf(owner) }])
    },
    patienceMs,
  )
}

/** Which other run has the producer now; null where it is ours, or nobody's. */
export function newerRun(connection: Connection, { topic, partition, group, run }: Owner): Promise<RunWords | null> {
  return connection.ask([topic], async cluster => {
    const [told] = await toldOf(await coordinatorOf(cluster, 'group', group), group, [{ topic, partition }])
    return otherRun(told?.metadata, run)
  })
}

/** Tell a group's positions for lag tools, leaving the words beside them as they are; TAKEN_OVER where these name another run. */
export async function reportPositions(
  cluster: Cluster,
  group: string,
  positions: readonly Position[],
  owner: Owner | undefined,
): Promise<void> {
  const coordinator = await coordinatorOf(cluster, 'group', group)
  const place = owner?.group === group && owner.held ? [{ topic: owner.topic, partition: owner.partition }] : []
  const told = await toldOf(coordinator, group, [...place, ...positions.filter(each => !isAt(each, place[0]))])
  const metadataOf = (at: Place) => told.find(each => isAt(each, at))?.metadata ?? null
  for (const at of place) {
    const other = otherRun(metadataOf(at), owner!.run)
    if (other !== null) throw takenOver(owner!, other)
  }
  await tell(
    coordinator,
    group,
    positions.map(position => ({ ...position, metadata: metadataOf(position) })),
  )
}

type Place = Pick<Position, 'topic' | 'partition'>

function isAt({ topic, partition }: Place, place: Place | undefined): boolean {
  return topic === place?.topic && partition === place.partition
}
