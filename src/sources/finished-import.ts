import type { Log, LogRecord, PartitionRange } from '../log/log.ts'
import { readOrEnd } from '../log/read-or-end.ts'
import { type FileState, fileStates, sameContents, untouched } from './file-states.ts'
import { importedOn, importHeader, markText } from './import-mark.ts'
import type { ImportProgress, NotedImport } from './import-options.ts'
import type { OpenSource } from './open-source.ts'

/** An import that came to its end: what it was of, the last record that it wrote to each partition, and what it told. */
interface Finished {
  of: string
  files: FileState[]
  last: { topic: string; partition: number; offset: number; mark: string }[]
  progress: ImportProgress
}

interface Import {
  log: Log
  topics: readonly string[]
  source: OpenSource
  /** Its name, as marks have it. */
  name: string
  folder: string
}

/**
 * What an import that came to its end told, where all that it was of is as it was: log and topics, source and code, the files
 * by their contents, and the last record of each partition. Else null: all is read, and `finish` notes it.
 */
export async function finishedImport(
  given: Import,
  noted: NotedImport | undefined,
): Promise<{ progress: ImportProgress | null; finish: (progress: ImportProgress) => Promise<void> }> {
  const paths = noted === undefined ? null : await given.source.files()
  if (noted === undefined || paths === null) return { progress: null, finish: async () => {} }
  const of = await whatOf(given, noted.code)
  const before = parsed(noted.note.read())
  const files = await fileStates(paths, before?.files ?? []).catch(() => null)
  const isSame =
    before !== null &&
    files !== null &&
    before.of === of &&
    sameContents(before.files, files) &&
    (await areThere(given.log, before.last))
  return {
    progress: isSame ? before.progress : null,
    async finish(progress) {
      // What was changed while it was read may have been read as it was before or after.
      if (files === null || !(await untouched(files).catch(() => false)) || (await whatOf(given, noted.code)) !== of)
        return
      noted.note.write(JSON.stringify({ of, files, last: await lastOf(given), progress } satisfies Finished))
    },
  }
}

async function whatOf({ log, topics, name, folder }: Import, code: string): Promise<string> {
  const ids = await log.topicIds(topics)
  const partitions = await Promise.all(topics.map(async topic => (await log.ranges(topic)).length))
  const all = topics.map((topic, k) => [topic, ids.get(topic) ?? null, partitions[k]])
  return JSON.stringify([await log.identity(), all, name, folder, code])
}

/** The last record of the source in each partition. */
async function lastOf({ log, topics, name }: Import): Promise<Finished['last']> {
  const found = await Promise.all(topics.map(topic => importedOn(log, topic, name, topic !== topics.at(-1))))
  return found.flatMap(({ ends }, k) =>
    ends.flatMap((end, partition) =>
      end === null ? [] : [{ topic: topics[k]!, partition, offset: end.offset, mark: markText(name, end.mark) }],
    ),
  )
}

/** Whether all of these records stand where they stood: what was written before them does, too. */
async function areThere(log: Log, last: Finished['last']): Promise<boolean> {
  const newest = new Map<string, LogRecord>()
  const held = new Map<string, PartitionRange>()
  for (const topic of new Set(last.map(({ topic }) => topic))) {
    for (const record of await log.newest(topic)) newest.set(`${topic}/${record.partition}`, record)
    for (const range of await log.ranges(topic)) held.set(`${topic}/${range.partition}`, range)
  }
  const found = await Promise.all(
    last.map(async ({ mark, ...place }) => {
      const partition = `${place.topic}/${place.partition}`
      const [end, range] = [newest.get(partition), held.get(partition)]
      if (range === undefined || place.offset < range.first || place.offset >= range.end) return false
      // Others may have written since.
      const record = end?.offset === place.offset ? end : await recordAt(log, place)
      return record?.offset === place.offset && record.headers[importHeader]?.toString('utf8') === mark
    }),
  )
  return found.every(Boolean)
}

async function recordAt(log: Log, place: { topic: string; partition: number; offset: number }) {
  const reader = await log.reader([place], { maxRecords: 1 })
  try {
    return (await readOrEnd(reader))?.[0]
  } finally {
    await reader.close()
  }
}

function parsed(text: string | null): Finished | null {
  try {
    return text === null ? null : (JSON.parse(text) as Finished)
  } catch {
    return null
  }
}
