import { commandOf } from '../../codec/output.ts'
import { beginnings } from '../../log/beginnings.ts'
import type { Log, LogRecord, Reader } from '../../log/log.ts'
import { readToEnd } from '../../log/read-or-end.ts'
import type { Forgotten } from '../../records/forgotten.ts'

/** Two users who are one. */
export interface Merge {
  fromUser: string
  toUser: string
}

/** Merges, and people to forget, on the commands topic, asked for or taken in, from its beginning on. */
export class MergeFeed {
  readonly #topic: string
  readonly #reader: Reader
  readonly #forgotten: Forgotten
  #merges: (Merge & { offset: number })[] = []

  private constructor(topic: string, reader: Reader, forgotten: Forgotten) {
    this.#forgotten = forgotten
    this.#topic = topic
    this.#reader = reader
  }

  /** Everything that is on the topic has been read when this resolves. */
  static async open(log: Log, topic: string, forgotten: Forgotten): Promise<MergeFeed> {
    const reader = await log.reader(beginnings(topic, await log.ranges(topic)), { name: 'merges' })
    const feed = new MergeFeed(topic, reader, forgotten)
    await readToEnd(reader, record => feed.#take(record))
    return feed
  }

  /** Those that have come since the last read. */
  async read(): Promise<Merge[]> {
    for (const record of await this.#reader.read(0)) this.#take(record)
    const merges = this.#merges
    this.#merges = []
    // Whoever was forgotten since is nobody else any more.
    return merges.filter(merge => !this.#forgotten.endsMerge(merge, merge.offset))
  }

  /** The offset behind all that was read. */
  get position(): number {
    return this.#reader.position(this.#topic, 0)
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  #take(record: LogRecord): void {
    const command = commandOf(record)
    // What nobody can read is told of where it lands.
    if (command === null) return
    const { offset } = record
    const { kind, fromUser, toUser } = command
    this.#forgotten.take(command, offset)
    if (kind === 'merge' && fromUser && toUser && fromUser !== toUser) this.#merges.push({ fromUser, toUser, offset })
  }
}
