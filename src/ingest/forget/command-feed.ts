import { commandOf } from '../../codec/output.ts'
import { beginnings } from '../../log/beginnings.ts'
import type { Log, LogRecord, Reader } from '../../log/log.ts'
import { readToEnd } from '../../log/read-or-end.ts'
import type { Forgotten } from '../../records/forgotten.ts'

/** The commands topic as ingest reads it, from its beginning on: for people to forget, and for how far it was read. */
export class CommandFeed {
  readonly #topic: string
  readonly #reader: Reader
  readonly #forgotten: Forgotten

  private constructor(topic: string, reader: Reader, forgotten: Forgotten) {
    this.#topic = topic
    this.#reader = reader
    this.#forgotten = forgotten
  }

  /** Everything that is on the topic has been read when this resolves. */
  static async open(log: Log, topic: string, forgotten: Forgotten): Promise<CommandFeed> {
    const reader = await log.reader(beginnings(topic, await log.ranges(topic)), { name: 'forget' })
    const feed = new CommandFeed(topic, reader, forgotten)
    await readToEnd(reader, record => feed.#take(record))
    return feed
  }

  /** Take in what has come since. */
  async read(): Promise<void> {
    for (const record of await this.#reader.read(0)) this.#take(record)
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
    if (command !== null) this.#forgotten.take(command, record.offset)
  }
}
