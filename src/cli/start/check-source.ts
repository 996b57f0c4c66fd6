import { statSync } from 'node:fs'
import { RecstreamError } from '../../errors.ts'
import type { PipelineDefinition } from '../../records/definition.ts'

/**
 * Make sure that there is something to import before processes start; returns whether there is.
 *
 * A pipeline without a source, or one on Kafka that names no folder, is fed by other services.
 */
export function checkSource(
  definition: PipelineDefinition,
  { source, embedded, wanted }: { source: string | undefined; embedded: boolean; wanted: boolean },
): boolean {
  const { name } = definition
  if (!wanted) {
    if (source === undefined) return false
    throw new RecstreamError('CONFIG_INVALID', '--source and --no-import contradict each other; leave one of them out.')
  }
  if (definition.source === undefined) {
    if (source === undefined) return false
    throw new RecstreamError(
      'CONFIG_INVALID',
      `The pipeline ${name} does not say how to read a folder; leave out --source, and send it events with \`recstream send\`.`,
    )
  }
  const folder = source ?? definition.source.folder
  if (folder === undefined) {
    if (!embedded) return false
    throw new RecstreamError(
      'SOURCE_MISSING',
      `The pipeline ${name} needs a folder to import from; give it with --source, or --no-import to feed it with \`recstream send\`.`,
    )
  }
  if (definition.source.kind === 'text') return true
  const stats = statSync(folder, { throwIfNoEntry: false })
  if (stats === undefined) {
    throw new RecstreamError('SOURCE_MISSING', `There is no folder "${folder}"; give the right one with --source.`)
  }
  if (!stats.isDirectory()) {
    throw new RecstreamError('SOURCE_MISSING', `"${folder}" is a file; give the folder that it lies in with --source.`)
  }
  return true
}
