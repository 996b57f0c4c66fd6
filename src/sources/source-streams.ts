import { encodeEvent, encodeItem, encodeProfile } from '../codec/input.ts'
import { RecstreamError } from '../errors.ts'
import type { OutgoingRecord } from '../log/log.ts'
import type { PipelineDefinition, Source, SourceReader } from '../records/definition.ts'
import { topicsOf } from '../records/topics.ts'

/** The rows of one kind that a source holds, and what each is as a record of its topic. */
export interface SourceStream {
  role: 'profiles' | 'items' | 'events'
  topic: string
  rows: () => AsyncIterable<unknown> | Iterable<unknown>
  encode: (row: unknown) => OutgoingRecord
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
 * What a source holds, in the order in which it is written.
 *
 * Events have their own time as timestamp; profiles and items have the pipeline's epoch, which makes them older than any
 * event.
 */
export function sourceStreams(definition: PipelineDefinition, reader: SourceReader): SourceStream[] {
  const { name, encoding, epoch } = definition
  const topics = topicsOf(name)
  return [
    stream('profiles', topics.userProfiles, reader.profiles, row => ({
      ...{ key: row.userId, timestamp: epoch, value: encodeProfile(row, encoding) },
    })),
    stream('items', topics.items, reader.items, row => ({
      ...{ key: row.itemId, timestamp: epoch, value: encodeItem(row, encoding) },
    })),
    stream('events', topics.behaviourEvents, reader.events, row => ({
      ...{ key: row.userId, timestamp: row.time, value: encodeEvent(row, encoding) },
    })),
  ]
}

function stream<T>(
  role: SourceStream['role'],
  topic: string,
  rows: () => AsyncIterable<T> | Iterable<T>,
  encode: (row: T) => OutgoingRecord,
): SourceStream {
  return { role, topic, rows, encode: encode as SourceStream['encode'] }
}
