import { basename, resolve } from 'node:path'
import { RecstreamError } from '../errors.ts'
import { isText } from '../records/checks/text.ts'
import { whatIs } from '../records/checks/unfit.ts'
import type { PipelineDefinition, Source, SourceReader } from '../records/definition.ts'
import { topicsOf } from '../records/topics.ts'
import { sourceFailed } from './source-failed.ts'

export type SourceRole = 'profiles' | 'items' | 'events'

/** A pipeline's source, read: what its module throws comes out as SOURCE_FAILED with the module's file and line. */
export interface OpenSource {
  /** The data's name, such as "ml-100k". */
  name: string
  rows: (role: SourceRole) => AsyncIterable<unknown> | Iterable<unknown>
  /** How many events there are, null where the source does not know. */
  eventCount: () => Promise<number | null>
  /** The files that all rows come from, null where the source does not say. */
  files: () => Promise<readonly string[] | null>
}

/** A pipeline's source; SOURCE_MISSING if it has none. */
export function sourceOf({ name, source }: PipelineDefinition): Source {
  if (source !== undefined) return source
  throw new RecstreamError(
    'SOURCE_MISSING',
    `The pipeline ${name} has no source to import; send its events to the topic ${topicsOf(name).behaviourEvents}.`,
  )
}

/**
 * Read a pipeline's source; of the rows none is looked at yet.
 *
 *     openSource(await findPipeline('movielens'), 'ml-100k').name   // 'ml-100k'
 */
export function openSource(definition: PipelineDefinition, folder: string): OpenSource {
  const pipeline = definition.name
  const source = sourceOf(definition)
  const reader = guarded('read', () => source.read(folder))
  for (const role of ['profiles', 'items', 'events'] as const) {
    const given: unknown = (reader as Partial<SourceReader> | null | undefined)?.[role]
    if (typeof given === 'function') continue
    throw new RecstreamError(
      'SOURCE_INVALID',
      `What source.read of ${pipeline} returns must have a function "${role}", not ${whatIs(given)}.`,
    )
  }
  // It stands in a header of every record that is imported.
  const named: unknown = reader.name ?? null
  if (named !== null && !isText(named)) {
    throw new RecstreamError(
      'SOURCE_INVALID',
      `What source.read of ${pipeline} returns must have a "name" of at most 1,024 characters or none, not ${whatIs(named)}.`,
    )
  }
  return {
    name: named ?? (source.kind === 'text' ? folder : basename(resolve(folder))),
    rows: role =>
      rowsOf(
        pipeline,
        role,
        guarded(role, () => reader[role]()),
      ),
    eventCount: async () => {
      try {
        return (await reader.eventCount?.()) ?? null
      } catch (error) {
        throw sourceFailed(pipeline, 'eventCount', error)
      }
    },
    files: async () => {
      let files: unknown
      try {
        files = (await reader.files?.()) ?? null
      } catch (error) {
        throw sourceFailed(pipeline, 'files', error)
      }
      if (files === null || (Array.isArray(files) && files.every(path => typeof path === 'string'))) return files
      throw new RecstreamError(
        'SOURCE_INVALID',
        `"files" of the source of ${pipeline} must return a list of paths, not ${whatIs(files)}.`,
      )
    },
  }

  function guarded<T>(what: string, call: () => T): T {
    try {
      return call()
    } catch (error) {
      throw sourceFailed(pipeline, what, error)
    }
  }
}

function rowsOf(pipeline: string, role: SourceRole, rows: unknown): AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof rows === 'object' && rows !== null) {
    // Waiting for each row of a source that never waits would cost more than the row.
    if (Symbol.iterator in rows) return rowByRow(pipeline, role, rows as Iterable<unknown>)
    if (Symbol.asyncIterator in rows) return rowAfterRow(pipeline, role, rows as AsyncIterable<unknown>)
  }
  throw new RecstreamError(
    'SOURCE_INVALID',
    `"${role}" of the source of ${pipeline} must return rows, a list or a generator, not ${whatIs(rows)}.`,
  )
}

function* rowByRow(pipeline: string, role: SourceRole, rows: Iterable<unknown>): Generator<unknown> {
  let row = 1
  try {
    for (const value of rows) {
      yield value
      row++
    }
  } catch (error) {
    throw sourceFailed(pipeline, `${role}, row ${row}`, error)
  }
}

async function* rowAfterRow(pipeline: string, role: SourceRole, rows: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  let row = 1
  try {
    for await (const value of rows) {
      yield value
      row++
    }
  } catch (error) {
    throw sourceFailed(pipeline, `${role}, row ${row}`, error)
  }
}
