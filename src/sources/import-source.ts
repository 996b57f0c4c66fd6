import { setImmediate } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { RecstreamError, thrownText } from '../errors.ts'
import type { Log, OutgoingRecord, Producer } from '../log/log.ts'
import { partitionsHeader } from '../log/published.ts'
import { topicsOf } from '../records/topics.ts'
import { finishedImport } from './finished-import.ts'
import { importedOn, importHeader, markText } from './import-mark.ts'
import type { ImportOptions, ImportProgress } from './import-options.ts'
import { openSource, type SourceRole, sourceOf } from './open-source.ts'
import { type SourceStream, sourceStreams } from './source-streams.ts'
import { WrittenRows } from './written-rows.ts'

/** A stream of the source on its way to a topic. */
interface Stream extends SourceStream<unknown> {
  log: Log
  producer: Producer
  source: string
  batchSize: number
  signal: AbortSignal | undefined
  onRows: (count: number) => void
}

/**
 * Write a source's profiles, then its items, then its events to the pipeline's input topics, each row once.
 *
 *     await importSource({ log, definition: await findPipeline('movielens'), folder: 'ml-100k' })
 *
 * Interrupt it at any instant and start it again: it goes on after the last row that the topics hold, which it learns from
 * the topics alone, since every record says in a header which row it is. Rows that were added at a source's end are
 * appended; a source that is otherwise changed (a row edited, rows missing, another name) is appended whole. Events have
 * their own time as timestamp; profiles and items have the pipeline's epoch, which makes them older than any event.
 *
 * A source that says its files is not read again while they, the code and what was written are as they were (`noted`).
 *
 * Where other services write to the same topics, it reads a topic from its start to find its place. One caveat: if they
 * replaced the profiles that it wrote last, and compaction removed these, it writes those few again.
 */
export async function importSource(options: ImportOptions): Promise<ImportProgress> {
  const { log, definition, signal, batchSize = 2_000 } = options
  const folder = options.folder ?? sourceOf(definition).folder ?? ''
  const source = openSource(definition, folder)
  // A mark is "<source>#<generation>:<row>:<digest>", so a name must do without its separators.
  const name = source.name.replace(/[#:]/g, '-')
  const { userProfiles, items, behaviourEvents } = topicsOf(definition.name)
  const topics = [userProfiles, items, behaviourEvents]
  const finished = await finishedImport({ log, topics, source, name, folder }, options.noted)
  if (finished.progress !== null) {
    options.onProgress?.(finished.progress)
    return finished.progress
  }
  const progress: ImportProgress = { profiles: 0, items: 0, events: 0, total: await source.eventCount() }
  // Whoever holds the producer holds the topics' ends still: only then may they be looked at.
  const producer = options.producer ?? (await log.producer(`${definition.name}.import`, topics))

  const stream = (role: SourceRole) => ({
    ...{ log, producer, source: name, batchSize, signal },
    onRows(count: number) {
      progress[role] = count
      options.onProgress?.({ ...progress })
    },
  })
  try {
    for (const each of Object.values(sourceStreams(definition, source))) {
      await importStream({ ...stream(each.role), ...(each as SourceStream<unknown>) })
    }
    if (!signal?.aborted) await finished.finish(progress)
  } finally {
    if (options.producer === undefined) await producer.close()
  }
  return progress
}

async function importStream(stream: Stream): Promise<void> {
  if (stream.signal?.aborted) return
  const written = await importedOn(stream.log, stream.topic, stream.source, stream.role !== 'events')
  const { furthest } = written
  if (furthest === null) {
    await appendRows(stream, new WrittenRows(written, 1), false)
    return
  }
  const rows = new WrittenRows(written, furthest.generation)
  const found = await appendRows(stream, rows, false)
  if (found === 'gaps') await appendRows(stream, rows, true)
  if (found === 'changed') await appendRows(stream, new WrittenRows(written, furthest.generation + 1), false)
}

/**
 * Append the rows that the topic does not hold.
 *
 * 'changed', and nothing appended, if the rows up to the last one there are not those that were written. 'gaps', and
 * nothing appended, if some before the last one are missing; it takes another walk to append them, with `fill`, because
 * only the last row shows that the source is the same.
 */
async function appendRows(stream: Stream, written: WrittenRows, fill: boolean): Promise<'done' | 'changed' | 'gaps'> {
  const { topic, source, signal } = stream
  let row = 0
  let digest = 0
  let gaps = false
  for await (const batch of batches(stream.rows(), stream.batchSize)) {
    const records: OutgoingRecord[] = []
    for (const value of batch) {
      row++
      const checked = row <= written.whole ? null : stream.check(value, row)
      digest = digestOf(value, digest, stream, row)
      if (!written.agrees(row, digest)) return 'changed'
      if (checked !== null) {
        const record = stream.encode(checked)
        const missing = !written.has(row, record)
        if (missing && row <= written.last && !fill) gaps = true
        else if (missing) {
          record.headers = { [importHeader]: markText(source, { generation: written.generation, row, digest }) }
          records.push(record)
        }
      }
      if (gaps && row === written.last) return 'gaps'
    }
    if (signal?.aborted) return 'done'
    if (records.length > 0) await stream.producer.append(topic, records, { partitionsHeader })
    // Without an append to wait for, a long walk over known rows would keep a signal from arriving.
    else await setImmediate()
    stream.onRows(row)
  }
  return row < written.last ? 'changed' : 'done'
}

function digestOf(value: unknown, before: number, { source, topic }: Stream, row: number): number {
  try {
    return crc32(JSON.stringify(value) ?? '', before)
  } catch (cause) {
    const message = `Row ${row} of ${source} cannot be written to ${topic}: ${thrownText(cause)}.`
    throw new RecstreamError('SOURCE_INVALID', message, { cause })
  }
}

async function* batches<T>(rows: AsyncIterable<T> | Iterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = []
  // Waiting for each row of a source that never waits would cost more than the row.
  if (Symbol.iterator in rows) {
    for (const row of rows) {
      if (batch.push(row) < size) continue
      yield batch
      batch = []
    }
  } else {
    for await (const row of rows) {
      if (batch.push(row) < size) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}
