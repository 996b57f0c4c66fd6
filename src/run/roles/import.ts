import { withSettings } from '../../pipeline/settings.ts'
import { topicSpecs } from '../../records/topics.ts'
import type { ImportProgress } from '../../sources/import-options.ts'
import { importSource } from '../../sources/import-source.ts'
import { findPipeline } from '../find-pipeline.ts'
import { layoutOf } from '../layout.ts'
import type { Assignment } from '../messages.ts'
import { notedImport } from '../noted-import.ts'
import { openLog } from '../open-log.ts'
import { ownerOf } from '../owner.ts'
import { awaitLog } from './await-log.ts'
import type { ProcessLink } from './process-link.ts'

/** Write the source's profiles, items and events to the input topics, going on from where they end. */
export async function runImport(assignment: Assignment, link: ProcessLink): Promise<void> {
  const definition = withSettings(await findPipeline(assignment.pipeline), assignment.settings)
  const layout = layoutOf(assignment.data, definition.name)
  const owner = ownerOf(definition.name, layout, { ...assignment, role: 'import' }, () => link.say({ type: 'held' }))
  const onWaiting = (reason: string | null) => link.waiting(reason)
  const log = await awaitLog(() => openLog(assignment.connection, layout, { owner, onWaiting }), onWaiting)
  await log.ensureTopics(
    topicSpecs(definition.name, definition.partitions, definition.topicRetention, definition.parts),
  )
  link.say({ type: 'ready', detail: log.kind })
  let latest: ImportProgress = { profiles: 0, items: 0, events: 0, total: null }
  try {
    latest = await importSource({
      log,
      definition,
      signal: link.stopped,
      noted: notedImport(assignment.pipeline, layout),
      ...(assignment.source === undefined ? {} : { folder: assignment.source }),
      onProgress(progress) {
        latest = progress
        link.report(performance.now(), () => ({ type: 'imported', ...progress, done: false }))
      },
    })
  } catch (error) {
    // How far it came, to the row: whether the next try comes further decides if there is another one.
    link.say({ type: 'imported', ...latest, done: false })
    throw error
  }
  await log.close()
  link.say({ type: 'imported', ...latest, done: !link.stopped.aborted })
}
