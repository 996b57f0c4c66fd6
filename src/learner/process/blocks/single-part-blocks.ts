import { blockOf } from '../../../codec/block.ts'
import { readerThroughAgain } from '../../../log/again.ts'
import type { Log, Position, Reader } from '../../../log/log.ts'
import { numberIn } from '../../../log/published.ts'
import { mergesReadHeader } from '../../../records/command.ts'
import { type BlockRead, type Blocks, mostAtOnce } from './blocks.ts'

/** Blocks of a pipeline that has one part: their partition is the order, and their numbers are the learner's. */
export class SinglePartBlocks implements Blocks {
  readonly parts = 1
  readonly #topic: string
  readonly #reader: Reader

  private constructor(topic: string, reader: Reader) {
    this.#topic = topic
    this.#reader = reader
  }

  static async open(log: Log, { topic, offset }: { topic: string; offset: number }): Promise<SinglePartBlocks> {
    const how = { name: 'learn', maxRecords: mostAtOnce }
    return new SinglePartBlocks(topic, await readerThroughAgain(log, [{ topic, partition: 0, offset }], how))
  }

  rowOf(_part: number, row: number): number {
    return row
  }

  async read(waitMs: number): Promise<BlockRead[]> {
    return (await this.#reader.read(waitMs)).map(record => ({
      record,
      block: () => blockOf(record),
      mergesRead: numberIn(record, mergesReadHeader),
      offset: record.offset,
    }))
  }

  caughtUp(): Promise<boolean> {
    return this.#reader.caughtUp()
  }

  async isUndecided(): Promise<boolean> {
    return false
  }

  /** Between two reads the reader passes transaction markers by itself. */
  get offset(): number {
    return this.#reader.position(this.#topic, 0)
  }

  positions([first]: readonly BlockRead[]): Position[] {
    return [{ topic: this.#topic, partition: 0, offset: first?.record.offset ?? this.offset }]
  }

  lead(): void {
    // Whoever publishes to the partition decides.
  }

  close(): Promise<void> {
    return this.#reader.close()
  }
}
