import { existsSync, readdirSync } from 'node:fs'
import { lastHeader } from '../../ingest/outbox.ts'
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts'
import type { Log } from '../../log/log.ts'
import { newestPosition } from '../../log/newest-position.ts'
import { topicsOf } from '../../records/topics.ts'
import { count, plural } from '../../records/words.ts'
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

/** Whether a stopped pipeline's warehouse is whole, its own, and as far as what it published. */
export async function checkWarehouse({ name, layout }: ChosenPipeline, connection: Connection): Promise<Finding[]> {
  const published = await publishedRow(name, () => logOf(layout, connection))
  const aside = existsSync(setAsideFolder(layout.warehouse)) ? readdirSync(setAsideFolder(layout.warehouse)) : []
  const kept =
    aside.length === 0
      ? []
      : [
          ok(
            name,
            `${setAsideFolder(layout.warehouse)} holds what was set aside, to ${aside.at(-1)}; remove it at will`,
          ),
        ]
  if (!existsSync(layout.warehouse)) {
    const gone = warning(name, `Its warehouse ${layout.warehouse} is gone.`, mended)
    return published > 0 ? [gone, ...kept] : kept
  }
  try {
    const { unusable, sequence } = await examineWarehouse(layout.warehouse, name)
    if (unusable !== null) return [warning(name, `Its warehouse cannot be used: ${unusable}.`, mended), ...kept]
    if (sequence < published) {
      const ends = `ends at row ${count(sequence)}, and interest-sequences at ${count(published)}`
      const why = 'its write-ahead log was cut or removed, or it is an older copy'
      return [warning(name, `Its warehouse ${ends}: ${why}.`, mended), ...kept]
    }
    return [ok(name, `its warehouse is whole: ${plural(sequence, 'row')}`), ...kept]
  } catch (error) {
    return [warning(name, scrub((error as Error).message)), ...kept]
  }
}

/** The newest row on interest-sequences; 0 where there is none, or nobody says on which log. */
async function publishedRow(name: string, open: () => Promise<Log> | null): Promise<number> {
  try {
    const log = await open()
    if (log === null) return 0
    try {
      return await newestPosition(log, topicsOf(name).interestSequences, lastHeader)
    } finally {
      await log.close()
    }
  } catch {
    // What is wrong with a log is said where it is looked at.
    return 0
  }
}

function logOf(layout: ChosenPipeline['layout'], connection: Connection): Promise<Log> | null {
  return connection.brokers === undefined && !existsSync(layout.log) ? null : openLog(connection, layout)
}
