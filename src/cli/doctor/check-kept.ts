import { existsSync, readdirSync } from 'node:fs'
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts'
import type { Log } from '../../log/log.ts'
import { positionsOn } from '../../log/newest-position.ts'
import { lastHeader } from '../../records/block-headers.ts'
import { type Part, partsWords } from '../../records/part.ts'
import { topicsOf } from '../../records/topics.ts'
import { count, plural } from '../../records/words.ts'
import { type Layout, layoutOfPart } from '../../run/layout.ts'
import type { Connection } from '../../run/messages.ts'
import { adviceOnDamage, openLog } from '../../run/open-log.ts'
import { scrub } from '../../run/scrub.ts'
import { examineWarehouse } from '../../warehouse/examine.ts'
import { setAsideFolder } from '../../warehouse/set-aside.ts'
import type { ChosenPipeline } from '../choose-pipeline.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

const mended = 'Nothing to do: the next start builds it again from the log, and says so.'

/** Whether every file of a stopped pipeline's embedded log is whole. */
export async function checkLogFiles({ name, layout }: ChosenPipeline): Promise<Finding[]> {
  if (!existsSync(layout.log)) return []
  const log = await openEmbeddedLog({ folder: layout.log, advice: topic => adviceOnDamage(layout, topic) })
  const found: Finding[] = []
  try {
    const topics = readdirSync(layout.log).filter(topic => !topic.startsWith('.'))
    for (const topic of topics) {
      await log.verify(topic).catch((error: Error) => {
        found.push(problem(name, error.message))
      })
    }
    return found.length > 0 ? found : [ok(name, `its log is whole: ${plural(topics.length, 'topic')}`)]
  } finally {
    await log.close()
  }
}

/** Whether the warehouses of a pipeline's stopped parts are whole, its own, and as far as what was published of them. */
export async function checkWarehouses(
  { name, layout }: ChosenPipeline,
  connection: Connection,
  stopped: readonly Part[],
): Promise<Finding[]> {
  if (stopped.length === 0) return []
  const publishedOf = await publishedRows(name, () => logOf(layout, connection))
  const found: Finding[] = []
  for (const part of stopped) {
    const of = part.of === 1 ? '' : ` of ${partsWords([part.part], part.of)}`
    found.push(...(await checkWarehouse(name, layoutOfPart(layout, part), { of, published: publishedOf(part) })))
  }
  return found
}

async function checkWarehouse(
  name: string,
  layout: Layout,
  { of, published }: { of: string; published: number },
): Promise<Finding[]> {
  const folder = setAsideFolder(layout.warehouse)
  const aside = existsSync(folder) ? readdirSync(folder) : []
  const kept =
    aside.length === 0 ? [] : [ok(name, `${folder} holds what was set aside, to ${aside.at(-1)}; remove it at will`)]
  if (!existsSync(layout.warehouse)) {
    const gone = warning(name, `Its warehouse ${layout.warehouse} is gone.`, mended)
    return published > 0 ? [gone, ...kept] : kept
  }
  try {
    const { unusable, sequence } = await examineWarehouse(layout.warehouse, name)
    if (unusable !== null) return [warning(name, `Its warehouse${of} cannot be used: ${unusable}.`, mended), ...kept]
    if (sequence < published) {
      const ends = `ends at row ${count(sequence)}, and interest-sequences at ${count(published)}`
      const why = 'its write-ahead log was cut or removed, or it is an older copy'
      return [warning(name, `Its warehouse${of} ${ends}: ${why}.`, mended), ...kept]
    }
    return [ok(name, `its warehouse${of} is whole: ${plural(sequence, 'row')}`), ...kept]
  } catch (error) {
    return [warning(name, scrub((error as Error).message)), ...kept]
  }
}

/** The newest row of each part on interest-sequences; 0 where there is none, or nobody says on which log. */
async function publishedRows(name: string, open: () => Promise<Log> | null): Promise<(part: Part) => number> {
  try {
    const log = await open()
    if (log === null) return () => 0
    try {
      const { ends } = await positionsOn(log, topicsOf(name).interestSequences, lastHeader)
      return ({ part }) => ends[part]?.mark ?? 0
    } finally {
      await log.close()
    }
  } catch {
    // What is wrong with a log is said where it is looked at.
    return () => 0
  }
}

function logOf(layout: ChosenPipeline['layout'], connection: Connection): Promise<Log> | null {
  return connection.brokers === undefined && !existsSync(layout.log) ? null : openLog(connection, layout)
}
