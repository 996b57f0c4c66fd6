import { decodeCommand } from '../../codec/output.ts'
import { beginnings } from '../../log/beginnings.ts'
import type { Log, LogRecord, Reader } from '../../log/log.ts'
import { readToEnd } from '../../log/read-or-end.ts'

/** Two users who are one. */
export interface Merge {
  fromUser: string
  toUser: string
}

/** Merges on the commands topic, asked for or taken in, from its beginning on. */
export class MergeFeed {
  readonly #topic: string
  readonly #reader: Reader
  #merges: Merge[] = []

  private constructor(topic: string, reader: Reader) {
    this.#topic = topic
    this.#reader = reader
  }

  /** Everything that is on the topic has been read when this resolves. */
  static async open(log: Log, topic: string): Promise<MergeFeed> {
    const reader = await log.reader(beginnings(topic, await log.ranges(topic)), { name: 'merges' })
    const feed = new MergeFeed(topic, reader)
    await readToEnd(reader, record => feed.#take(record))
    return feed
  }

  /** Those that have come since the last read. */
  async read(): Promise<Merge[]> {
    for (const record of await this.#reader.read(0)) this.#take(record)
    const merges = this.#merges
    this.#merges = []
    return merges
  }

  /** The offset behind all that was read. */
  get position(): number {
    return this.#reader.position(this.#topic, 0)
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  #take({ unreadable, value }: LogRecord): void {
    // What nobody can read is told of where it lands.
    if (unreadable !== undefined || value === null) return
    try {
      const { kind, fromUser, toUser } = decodeCommand(value)
      if (kind === 'merge' && fromUser && toUser && fromUser !== toUser) this.#merges.push({ fromUser, toUser })
    } catch {}
  }
}
