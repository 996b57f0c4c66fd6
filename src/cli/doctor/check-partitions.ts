import { explainPlaces } from '../../log/explain-places.ts'
import { topicsOf } from '../../records/topics.ts'
import { partsWithTables } from '../../run/snapshot-of.ts'
import { spreadUsers, spreadUsersQuery } from '../../warehouse/spread-users.ts'
import type { ChosenPipeline } from '../choose-pipeline.ts'
import { queryWarehouse } from '../sql/query-warehouse.ts'
import { type Finding, ok, warning } from './finding.ts'
import { mendWords, spreadWords } from './spread-words.ts'

const defaultLimits = { memoryMb: 512, seconds: 60, maxRows: 1_000 }

/** Users whose events lie on more than one partition, and why; nothing where tables cannot be read. */
export async function checkPartitions({ name, layout }: ChosenPipeline, limits = defaultLimits): Promise<Finding[]> {
  if (partsWithTables(layout).length === 0) return []
  try {
    const { rows } = await queryWarehouse(layout, spreadUsersQuery(topicsOf(name).behaviourEvents), limits)
    const found = spreadUsers(rows)
    if (found === null) return []
    const why = explainPlaces(found.sample, found.partitions)
    const words = spreadWords(found, why)
    // Partitions that were added move everybody once: there is nothing to mend.
    const wasMeant = why !== null && why.before !== null && why.partitioners.length === 1
    return [wasMeant ? ok(name, words) : warning(name, words, mendWords(why))]
  } catch (error) {
    if ((error as { code?: string }).code === 'SQL_LIMIT') {
      const bounds = `${limits.memoryMb} MiB and ${limits.seconds} s`
      return [warning(name, `Whether events of a user lie on several partitions cannot be counted within ${bounds}.`)]
    }
    // That tables cannot be read is said where rejections are looked at.
    return []
  }
}
