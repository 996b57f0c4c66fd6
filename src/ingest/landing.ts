import { decodeBlockOrder } from '../codec/block-order.ts'
import { decodeCommand, decodeModelVersion, decodeRecommendation } from '../codec/output.ts'
import { GrowingReader } from '../log/growing-reader.ts'
import type { Log, LogRecord, Position } from '../log/log.ts'
import type { BlockTaken } from '../records/block-order.ts'
import type { ModelVersion } from '../records/model-version.ts'
import { onlyPart, owns, type Part } from '../records/part.ts'
import type { Recommendation } from '../records/recommendation.ts'
import type { Topics } from '../records/topics.ts'
import type { LandedCommand } from '../records/warehouse.ts'

export interface Landed {
  recommendations: Recommendation[]
  versions: ModelVersion[]
  commands: LandedCommand[]
  /** Of several parts: blocks that the learner took, in its order. */
  order: BlockTaken[]
  /** Records that all this came from. */
  records: number
}

export const nothingLanded: Landed = { recommendations: [], versions: [], commands: [], order: [], records: 0 }

/** How long lists wait for others while events come in, ms: rows of a few lists cost a commit as much as those of hundreds. */
const waitMs = 500

/** Brings what the learner published back into the warehouse, so that lists and versions can be asked about in SQL. */
export class Landing {
  readonly #reader: GrowingReader
  readonly #topics: Topics
  readonly #onUnreadable: (record: LogRecord) => void
  #readAt = Number.NEGATIVE_INFINITY

  private constructor(reader: GrowingReader, topics: Topics, onUnreadable: (record: LogRecord) => void) {
    this.#reader = reader
    this.#topics = topics
    this.#onUnreadable = onUnreadable
  }

  /** `onUnreadable` is called with records that no learner of ours wrote; they are passed over. */
  static async open(
    log: Log,
    topics: Topics,
    from: readonly Position[],
    onUnreadable: (record: LogRecord) => void,
    part: Part = onlyPart,
  ) {
    const isOurs = ({ partition }: { partition: number }) => owns(part, partition)
    const reader = await GrowingReader.open(log, from, { name: 'landing', maxRecords: 2_000, isOurs })
    return new Landing(reader, topics, onUnreadable)
  }

  /** What came in; nothing where that was asked for a moment ago by this clock, ms. Null: at once. */
  async read(now: number | null): Promise<Landed> {
    if (now !== null && now - this.#readAt < waitMs) return nothingLanded
    this.#readAt = now ?? this.#readAt
    const records = await this.#reader.read(0)
    const recommendations: Recommendation[] = []
    const versions: ModelVersion[] = []
    const commands: LandedCommand[] = []
    const order: BlockTaken[] = []
    for (const record of records) {
      try {
        if (record.unreadable !== undefined) throw new Error(record.unreadable)
        if (record.value === null) continue
        if (record.topic === this.#topics.recommendations) recommendations.push(decodeRecommendation(record.value))
        else if (record.topic === this.#topics.modelVersions) versions.push(decodeModelVersion(record.value))
        else if (record.topic === this.#topics.blockOrder) order.push(...decodeBlockOrder(record.value).taken)
        else commands.push({ ...decodeCommand(record.value), offset: record.offset })
      } catch {
        this.#onUnreadable(record)
      }
    }
    return { recommendations, versions, commands, order, records: records.length }
  }

  /** Where it stands once everything that it has read is on its way into the warehouse. */
  positions(): Position[] {
    return this.#reader.positions()
  }

  caughtUp(): Promise<boolean> {
    return this.#reader.caughtUp()
  }

  close(): Promise<void> {
    return this.#reader.close()
  }
}
