import type { LogRecord } from '../log.ts'
import type { Fetched } from './fetch.ts'
import { type BatchHead, BatchReader, emptyHead, isAbort, isIntact, readBatchHead, readLong } from './record-batch.ts'
import { largestUnpacked } from './unpack.ts'

interface Chunk {
  buffer: Buffer
  at: number
  end: number
  /** Transactions that were aborted, by first offset, and those among them that the batches at hand may belong to. */
  aborted: { producer: number; first: number }[]
  active: Set<number>
  /** Batches whose checksum is wrong: the offset after each, by its place. */
  damaged: Map<number, number>
}

const wrongChecksum = 'their checksum is wrong, so the log itself is damaged'

/** What was fetched of one partition and not yet read, decoded only when it is read. */
export class PartitionBuffer {
  readonly topic: string
  readonly partition: number
  /** The next offset to fetch. */
  fetchOffset: number
  /** Bytes that wait. */
  bytes = 0
  readonly #chunks: Chunk[] = []
  readonly #head: BatchHead = emptyHead()
  readonly #limit: number
  #batch: { reader: BatchReader; end: number } | undefined
  #next: number
  /** A batch whose checksum was wrong once. */
  #suspect = -1

  /** `limit` is what one batch may unpack to, bytes. */
  constructor(topic: string, partition: number, offset: number, limit = largestUnpacked) {
    this.topic = topic
    this.partition = partition
    this.fetchOffset = offset
    this.#next = offset
    this.#limit = limit
  }

  /** The next offset that can be delivered. */
  get next(): number {
    this.#settle()
    return this.#next
  }

  /** Whether something visible waits. */
  get waiting(): boolean {
    this.#settle()
    return this.#batch !== undefined
  }

  /** Take in a fetch's answer; batches that were cut off at its end are fetched again. */
  add({ records, aborted, stable }: Fetched): void {
    const head = this.#head
    const damaged = new Map<number, number>()
    let at = 0
    while (readBatchHead(records, at, records.length, head, this)) {
      let { end } = head
      if (!isIntact(records, at, head)) {
        // What was changed on its way is whole when it is fetched again.
        if (this.#suspect !== head.base) {
          this.#suspect = head.base
          break
        }
        end = Math.max(this.fetchOffset, Math.min(end, stable, baseAfter(records, at + head.bytes)))
        damaged.set(at, end)
      }
      this.fetchOffset = Math.max(this.fetchOffset, end)
      at += head.bytes
    }
    if (at === 0) return
    this.#chunks.push({
      buffer: records,
      at: 0,
      end: at,
      aborted: aborted.toSorted((a, b) => a.first - b.first),
      active: new Set(),
      damaged,
    })
    this.bytes += at
  }

  /** Nothing lies between the fetch offset and this one: the broker looked and found no batch. */
  skipTo(offset: number): void {
    if (offset > this.fetchOffset) this.fetchOffset = offset
  }

  take(limit: number, out: LogRecord[]): void {
    const enough = out.length + limit
    while (out.length < enough) {
      this.#settle()
      if (this.#batch === undefined) return
      const { reader, end } = this.#batch
      const before = out.length
      reader.take(this.#next, enough - out.length, out)
      if (out.length > before) this.#next = out.at(-1)!.offset + 1
      if (reader.done) {
        this.#next = Math.max(this.#next, end)
        this.#batch = undefined
      }
    }
    this.#settle()
  }

  /** Pass over what is invisible (markers, aborted transactions) up to a batch that can be read. */
  #settle(): void {
    while (this.#batch === undefined) {
      const chunk = this.#chunks[0]
      if (chunk === undefined) {
        // All that was fetched has been read, so what was found empty is passed as well.
        this.#next = Math.max(this.#next, this.fetchOffset)
        return
      }
      if (chunk.at >= chunk.end) {
        this.bytes -= chunk.end
        this.#chunks.shift()
        continue
      }
      this.#openBatch(chunk)
    }
  }

  #openBatch(chunk: Chunk): void {
    const head = this.#head
    readBatchHead(chunk.buffer, chunk.at, chunk.end, head, this)
    const at = chunk.at
    chunk.at += head.bytes
    const damagedEnd = chunk.damaged.get(at)
    if (damagedEnd !== undefined) {
      Object.assign(head, { end: damagedEnd, control: false, transactional: false })
    }
    while (chunk.aborted[0] !== undefined && chunk.aborted[0].first < head.end) {
      chunk.active.add(chunk.aborted.shift()!.producer)
    }
    if (head.control) {
      if (isAbort(chunk.buffer, at)) chunk.active.delete(head.producer)
    } else if (!(head.transactional && chunk.active.has(head.producer)) && head.end > this.#next) {
      const place = { topic: this.topic, partition: this.partition, limit: this.#limit }
      const reader = new BatchReader(chunk.buffer, at, head, place, damagedEnd === undefined ? null : wrongChecksum)
      this.#batch = { reader, end: head.end }
      return
    }
    this.#next = Math.max(this.#next, head.end)
  }
}

/** Where the batch after a damaged one begins: what a damaged one says of its own end may be wrong. */
function baseAfter(records: Buffer, at: number): number {
  return at + 8 <= records.length ? readLong(records, at) : Number.POSITIVE_INFINITY
}
