import { RecstreamError } from '../../errors.ts'
import { withSettings } from '../../pipeline/settings.ts'
import { topicSpecs } from '../../records/topics.ts'
import { count, plural } from '../../records/words.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import { layoutOf } from '../../run/layout.ts'
import type { Connection } from '../../run/messages.ts'
import { notedImport } from '../../run/noted-import.ts'
import { openLog } from '../../run/open-log.ts'
import { newRun, ownerOf } from '../../run/owner.ts'
import type { ImportProgress } from '../../sources/import-options.ts'
import { importSource } from '../../sources/import-source.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { jsonLine, say, writeLines } from '../print/write-lines.ts'
import { checkSource } from '../start/check-source.ts'
import { exitCodeOf, stopSignal } from '../stop-signal.ts'

export interface ImportCommandOptions extends CommonOptions, ConnectionOptions {
  source?: string
  set: Record<string, string>
}

const lineEveryMs = 2_000

/** Import a source into the input topics, with progress on stderr. */
export async function importOnce(
  pipeline: string,
  connection: Connection,
  options: ImportCommandOptions,
): Promise<void> {
  const definition = withSettings(await findPipeline(pipeline), options.set)
  if (!checkSource(definition, { source: options.source, embedded: true, wanted: true })) {
    throw new RecstreamError(
      'SOURCE_MISSING',
      `The pipeline ${definition.name} has nothing to import; send it events with \`recstream send\`.`,
    )
  }
  const layout = layoutOf(options.data, definition.name)
  const owner = ownerOf(definition.name, layout, { role: 'import', run: newRun(), held: false })
  const log = await openLog(connection, layout, { owner })
  try {
    await log.ensureTopics(topicSpecs(definition.name, definition.partitions, definition.topicRetention))
    // Not before: while it waits for brokers, Ctrl-C ends it at once.
    const { stopped, received } = stopSignal(() => say('Stopping after this batch; import again to go on from there.'))
    let due = performance.now() + lineEveryMs
    const imported = await importSource({
      log,
      definition,
      signal: stopped,
      noted: notedImport(pipeline, layout),
      ...(options.source === undefined ? {} : { folder: options.source }),
      onProgress(progress) {
        if (performance.now() < due) return
        due = performance.now() + lineEveryMs
        say(`${progressLine(progress)}`)
      },
    })
    const signal = received()
    if (signal !== null) process.exitCode = exitCodeOf(signal)
    if (options.json) {
      void writeLines([jsonLine({ pipeline: definition.name, ...imported, done: signal === null })])
      return
    }
    const { profiles, items, events } = imported
    const what = `${plural(profiles, 'profile')}, ${plural(items, 'item')} and ${plural(events, 'event')}`
    void writeLines([`The topics of ${definition.name} hold ${what} of this source.`])
  } finally {
    await log.close()
  }
}

function progressLine({ profiles, items, events, total }: ImportProgress): string {
  const of = total === null ? '' : ` of ${count(total)}`
  return `${plural(profiles, 'profile')}, ${plural(items, 'item')}, ${count(events)}${of} events`
}
