import { withSettings } from '../../pipeline/settings.ts'
import { topicSpecs } from '../../records/topics.ts'
import { importSource } from '../../sources/import-source.ts'
import { findPipeline } from '../find-pipeline.ts'
import { layoutOf } from '../layout.ts'
import type { Assignment } from '../messages.ts'
import { openLog } from '../open-log.ts'
import type { ProcessLink } from './process-link.ts'

/** Write the source's profiles, items and events to the input topics, going on from where they end. */
export async function runImport(assignment: Assignment, link: ProcessLink): Promise<void> {
  const definition = withSettings(await findPipeline(assignment.pipeline), assignment.settings)
  const log = await openLog(assignment.connection, layoutOf(assignment.data, definition.name))
  await log.ensureTopics(topicSpecs(definition.name, definition.partitions))
  link.say({ type: 'ready', detail: log.kind })
  const imported = await importSource({
    log,
    definition,
    signal: link.stopped,
    ...(assignment.source === undefined ? {} : { folder: assignment.source }),
    onProgress: progress => link.report(performance.now(), () => ({ type: 'imported', ...progress, done: false })),
  })
  await log.close()
  link.say({ type: 'imported', ...imported, done: !link.stopped.aborted })
}
