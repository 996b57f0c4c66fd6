import type { OutgoingRecord } from '../log/log.ts'
import { type Published, reachOf } from '../log/published.ts'
import type { ImportMark } from './import-mark.ts'

/** Which rows of a source a topic holds, of one generation. */
export class WrittenRows {
  readonly generation: number
  /** All rows up to this one are there. */
  readonly whole: number
  /** The last row that is there. */
  readonly last: number
  readonly #written: Published<ImportMark>
  readonly #digests: ReadonlyMap<number, number>

  constructor(written: Published<ImportMark>, generation: number) {
    this.generation = generation
    this.#written = written
    this.last = this.#rowOf(written.furthest)
    const partitions = written.ends.length
    const reached = written.ends.map(end => (end?.among === partitions ? this.#rowOf(end.mark) : this.last))
    this.whole = Math.min(this.last, ...reached)
    const marks = written.ends.flatMap(end => (end?.mark.generation === generation ? [end.mark] : []))
    this.#digests = new Map(marks.map(({ row, digest }) => [row, digest]))
  }

  /** Whether the rows up to this one are those that were written, as far as the topic says. */
  agrees(row: number, digest: number): boolean {
    return (this.#digests.get(row) ?? digest) === digest
  }

  has(row: number, { key }: OutgoingRecord): boolean {
    return row <= this.last && row <= this.#rowOf(reachOf(this.#written, key))
  }

  /** An earlier generation has none of this one's rows. */
  #rowOf(mark: ImportMark | null): number {
    return mark?.generation === this.generation ? mark.row : 0
  }
}
