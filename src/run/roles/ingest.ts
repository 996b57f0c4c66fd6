import { withSettings } from '../../pipeline/settings.ts'
import { findPipeline } from '../find-pipeline.ts'
import type { Assignment } from '../messages.ts'
import { runPart } from './ingest-part.ts'
import { partLinks } from './part-links.ts'
import type { ProcessLink } from './process-link.ts'

/** Ingest events until asked to stop: all parts of the pipeline, or those of a shard, each into its own warehouse. */
export async function runIngest(assignment: Assignment, link: ProcessLink): Promise<void> {
  const definition = withSettings(await findPipeline(assignment.pipeline), assignment.settings)
  const { parts: of } = definition
  const parts = assignment.parts ?? Array.from({ length: of }, (_, part) => part)
  if (of === 1) return runPart(definition, { part: 0, of }, assignment, link)
  const links = partLinks(link, parts.length)
  // Where one fails, the process ends, and is started again with all of them.
  await Promise.all(parts.map((part, k) => runPart(definition, { part, of }, assignment, links[k]!)))
}
