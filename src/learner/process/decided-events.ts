import type { Decided } from '../../records/question.ts'

/**
 * Events of which it is known what became of them, by the word of a part of ingest: nothing comes of one that was rejected, and no
 * block tells of it. What it says counts once all that it had kept by then is learned from.
 *
 *     const events = new DecidedEvents(row => row)
 *     events.hear({ sequence: 7, positions: [{ partition: 0, offset: 9 }] })
 *     events.upTo(0, 6)   // -1: row 7 is still to be learned from
 *     events.upTo(0, 7)   // 8: the offset of the last event
 */
export class DecidedEvents {
  readonly #rowOf: (row: number) => number | null
  /** `row`: the learner's row up to which that has to be learned from; null where that is not decided. */
  #heard: { decided: Decided; row: number | null } | null = null
  #known = new Map<number, number>()

  /** `rowOf`: the learner's row with which one of the part's is learned from; null where that is not decided. */
  constructor(rowOf: (row: number) => number | null) {
    this.#rowOf = rowOf
  }

  /** What was heard last is still waited for: more would only be waited for longer. */
  get isWaiting(): boolean {
    return this.#heard !== null
  }

  hear(decided: Decided): void {
    this.#heard = { decided, row: null }
  }

  /** Offset of the last event of a partition of which it is known, where rows up to `position` are learned from; -1: none. */
  upTo(partition: number, position: number): number {
    if (this.#heard !== null) {
      const { sequence, positions } = this.#heard.decided
      this.#heard.row ??= this.#rowOf(sequence)
      if (this.#heard.row !== null && position >= this.#heard.row) {
        this.#known = new Map(positions.map(({ partition, offset }) => [partition, offset - 1]))
        this.#heard = null
      }
    }
    return this.#known.get(partition) ?? -1
  }
}
