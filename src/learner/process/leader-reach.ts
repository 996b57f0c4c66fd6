import { decodeModelVersion } from '../../codec/output.ts'
import { isRecstreamError } from '../../errors.ts'
import { GrowingReader } from '../../log/growing-reader.ts'
import type { Log, LogRecord, Position } from '../../log/log.ts'
import { newestPosition } from '../../log/newest-position.ts'
import { numberIn } from '../../log/published.ts'
import type { ModelVersion } from '../../records/model-version.ts'
import type { Topics } from '../../records/topics.ts'
import { sequenceHeader } from './records.ts'

/**
 * How far the leader has published: up to there its commands are on their topic, and it takes no other one in before that row,
 * also after a crash.
 *
 *     const leader = await LeaderReach.open(log, topics, onUnreadable)
 *     for (const version of await leader.read(100)) check.told(version)
 *     leader.row   // 2042
 *
 * Lists and versions say it by their header; where there is none, a record without a value beside the versions does.
 */
export class LeaderReach {
  readonly #log: Log
  readonly #topics: Topics
  readonly #onUnreadable: (record: LogRecord) => void
  #reader: GrowingReader
  #row: number

  private constructor(
    { log, topics, reader, row }: { log: Log; topics: Topics; reader: GrowingReader; row: number },
    onUnreadable: (record: LogRecord) => void,
  ) {
    this.#log = log
    this.#topics = topics
    this.#reader = reader
    this.#row = row
    this.#onUnreadable = onUnreadable
  }

  static async open(log: Log, topics: Topics, onUnreadable: (record: LogRecord) => void): Promise<LeaderReach> {
    return new LeaderReach({ log, topics, ...(await openedAt(log, topics)) }, onUnreadable)
  }

  /** The newest row of which it is known; 0: nothing was published. */
  get row(): number {
    return this.#row
  }

  /** Wait up to `maxWaitMs` for more, and take in what is there; the versions that came. */
  async read(maxWaitMs: number): Promise<ModelVersion[]> {
    const records = await this.#reader.read(maxWaitMs).catch((error: unknown) => this.#again(error))
    const versions: ModelVersion[] = []
    for (const record of records) {
      this.#reach(numberIn(record, sequenceHeader) ?? 0)
      if (record.topic !== this.#topics.modelVersions || record.value === null) continue
      const version = versionOf(record)
      if (version === null) this.#onUnreadable(record)
      else {
        // Versions of before there was that header say it by themselves.
        this.#reach(version.sequence)
        versions.push(version)
      }
    }
    return versions
  }

  caughtUp(): Promise<boolean> {
    return this.#reader.caughtUp()
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  #reach(row: number): void {
    if (row > this.#row) this.#row = row
  }

  /** What was about to be read is gone, for its age or because it was appended again: what is newest says what it said. */
  async #again(error: unknown): Promise<LogRecord[]> {
    if (!isRecstreamError(error, 'OFFSET_OUT_OF_RANGE')) throw error
    const { reader, row } = await openedAt(this.#log, this.#topics)
    await this.#reader.close()
    this.#reader = reader
    this.#reach(row)
    return []
  }
}

/** All versions are read, and lists from the newest ones on; those are looked up first, so that none is passed over. */
async function openedAt(
  log: Log,
  { recommendations, modelVersions }: Topics,
): Promise<{ reader: GrowingReader; row: number }> {
  const newest = new Map((await log.newest(recommendations)).map(({ partition, offset }) => [partition, offset]))
  const from: Position[] = []
  for (const { partition, first } of await log.ranges(recommendations))
    from.push({ topic: recommendations, partition, offset: newest.get(partition) ?? first })
  for (const { partition, first } of await log.ranges(modelVersions))
    from.push({ topic: modelVersions, partition, offset: first })
  const rows = await Promise.all(
    [recommendations, modelVersions].map(topic => newestPosition(log, topic, sequenceHeader)),
  )
  return { reader: await GrowingReader.open(log, from, { name: 'follow' }), row: Math.max(...rows) }
}

/** Null: none of ours wrote it. */
function versionOf({ value, unreadable }: LogRecord): ModelVersion | null {
  if (unreadable !== undefined) return null
  try {
    return decodeModelVersion(value!)
  } catch {
    return null
  }
}
