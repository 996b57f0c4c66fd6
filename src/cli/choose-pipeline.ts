import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { RecstreamError } from '../errors.ts'
import { type Layout, layoutOf } from '../run/layout.ts'

/** A pipeline that a command is about, and where it keeps things. */
export interface ChosenPipeline {
  name: string
  layout: Layout
}

/**
 * The pipeline that was named, by its name or its module, or the only one in the data folder.
 *
 * A name is enough for what has run here; a module is loaded for its name alone.
 */
export async function choosePipeline(given: string | undefined, data: string): Promise<ChosenPipeline> {
  const name = given === undefined ? onlyPipeline(data) : await nameOf(given)
  return { name, layout: layoutOf(data, name) }
}

/** Names of the pipelines that have run with this data folder. */
export function pipelinesIn(data: string): string[] {
  if (!existsSync(data)) return []
  return (
    readdirSync(data, { withFileTypes: true })
      .filter(entry => entry.isDirectory() && isName(entry.name))
      .map(({ name }) => name)
      // `recstream kafka` keeps its data beside the pipelines.
      .filter(name => ['log', 'warehouse', 'parts'].some(part => existsSync(join(data, name, part))))
      .sort()
  )
}

function onlyPipeline(data: string): string {
  const found = pipelinesIn(data)
  if (found.length === 1) return found[0]!
  throw found.length === 0
    ? new RecstreamError(
        'PIPELINE_UNKNOWN',
        `No pipeline has run with the data folder ${resolve(data)}; name one with --pipeline, or start one with \`recstream start kuairand\`.`,
      )
    : new RecstreamError('PIPELINE_UNKNOWN', `Name one of the pipelines ${found.join(', ')} with --pipeline.`)
}

/** What a name or a module calls a pipeline. */
export async function nameOf(given: string): Promise<string> {
  const { findPipeline, pipelineNames } = await import('../run/find-pipeline.ts')
  // A module's path differs from a name by its slash or its ending.
  if (isName(given) && !pipelineNames.includes(given)) return given
  return pipelineNames.includes(given) ? given : (await findPipeline(given)).name
}

function isName(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,99}$/.test(text)
}
