import type { Log, LogRecord, Position, Reader, ReaderOptions } from './log.ts'
import { isRemade, remadeTopic } from './names.ts'

/** How soon a partition that somebody adds is noticed, ms. */
const usualLookMs = 2_000

interface GrowingReaderOptions extends ReaderOptions {
  /** How often it is looked for added partitions, ms. */
  lookMs?: number
  /** Which of those that are added are read; default: all. */
  isOurs?: (place: Pick<Position, 'topic' | 'partition'>) => boolean
}

/**
 * A reader of all partitions of its topics: those that are added while it reads are read too, from their beginning.
 *
 *     const reader = await GrowingReader.open(log, [{ topic: 'shop.items', partition: 0, offset: 0 }])
 *     await reader.read(100)
 *     reader.positions()   // of every partition there is by now
 */
export class GrowingReader implements Reader {
  readonly #log: Log
  readonly #options: ReaderOptions
  readonly #lookMs: number
  readonly #isOurs: (place: Pick<Position, 'topic' | 'partition'>) => boolean
  /** Ids of the topics as they were before reading began. */
  readonly #ids: ReadonlyMap<string, string | null>
  #reader: Reader
  /** Partitions that are read, with where they began. */
  #from: readonly Position[]
  #added: Position[] = []
  #nextLook: number
  #looking: Promise<void> | null = null

  private constructor(
    log: Log,
    ids: ReadonlyMap<string, string | null>,
    reader: Reader,
    from: readonly Position[],
    { lookMs = usualLookMs, isOurs = () => true, ...options }: GrowingReaderOptions,
  ) {
    this.#log = log
    this.#ids = ids
    this.#reader = reader
    this.#from = from
    this.#options = options
    this.#lookMs = lookMs
    this.#isOurs = isOurs
    this.#nextLook = performance.now() + lookMs
  }

  static async open(log: Log, from: readonly Position[], options: GrowingReaderOptions = {}): Promise<GrowingReader> {
    const ids = await log.topicIds([...new Set(from.map(({ topic }) => topic))])
    return new GrowingReader(log, ids, await log.reader(from, options), from, options)
  }

  async read(maxWaitMs: number): Promise<LogRecord[]> {
    this.#look()
    await this.#takeIn()
    return this.#reader.read(maxWaitMs)
  }

  position(topic: string, partition: number): number {
    return this.#reader.position(topic, partition)
  }

  /** How many partitions are read. */
  get partitions(): number {
    return this.#from.length
  }

  /** Where every partition stands. */
  positions(): Position[] {
    return this.#from.map(({ topic, partition }) => ({ topic, partition, offset: this.position(topic, partition) }))
  }

  async caughtUp(): Promise<boolean> {
    this.#look()
    await this.#looking
    return this.#added.length === 0 && this.#reader.caughtUp()
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  #look(): void {
    if (this.#looking !== null || this.#added.length > 0 || performance.now() < this.#nextLook) return
    this.#looking = this.#findAdded()
      // Whether the log answers is for reading to say.
      .catch(() => {})
      .finally(() => {
        this.#looking = null
        this.#nextLook = performance.now() + this.#lookMs
      })
  }

  async #findAdded(): Promise<void> {
    const added: Position[] = []
    for (const topic of new Set(this.#from.map(position => position.topic))) {
      const known = new Set(this.#from.filter(position => position.topic === topic).map(({ partition }) => partition))
      for (const { partition, first } of await this.#log.ranges(topic)) {
        if (!known.has(partition) && this.#isOurs({ topic, partition })) added.push({ topic, partition, offset: first })
      }
    }
    this.#added = added
  }

  /** Go on with a reader of all partitions; that of those known before, until there is one. */
  async #takeIn(): Promise<void> {
    if (this.#added.length === 0) return
    const from = [...this.positions(), ...this.#added]
    this.#added = []
    let reader: Reader | undefined
    let ids: ReadonlyMap<string, string | null>
    try {
      reader = await this.#log.reader(from, this.#options)
      ids = await this.#log.topicIds([...this.#ids.keys()])
    } catch {
      // Not every broker may know of them yet: the next look finds them again.
      await reader?.close()
      return
    }
    const before = this.#reader
    this.#reader = reader
    this.#from = from
    await before.close()
    // More partitions may also be those of another topic, which was made in the place of this one.
    for (const [topic, id] of this.#ids) {
      const now = ids.get(topic) ?? null
      if (isRemade(id, now)) throw remadeTopic(topic)
    }
  }
}
