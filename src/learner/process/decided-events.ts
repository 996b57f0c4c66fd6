import type { Decided } from '../../records/question.ts'

/**
 * Events of which it is known what became of them, by ingest's word: nothing comes of one that was rejected, and no block
 * tells of it. What ingest says counts once all that it had kept by then is learned from.
 *
 *     const events = new DecidedEvents()
 *     events.hear({ sequence: 7, positions: [{ partition: 0, offset: 9 }] })
 *     events.upTo(0, 6)   // -1: row 7 is still to be learned from
 *     events.upTo(0, 7)   // 8: the offset of the last event
 */
export class DecidedEvents {
  #heard: Decided | null = null
  #known = new Map<number, number>()

  /** What was heard last is still waited for: more would only be waited for longer. */
  get isWaiting(): boolean {
    return this.#heard !== null
  }

  hear(decided: Decided): void {
    this.#heard = decided
  }

  /** Offset of the last event of a partition of which it is known, where rows up to `position` are learned from; -1: none. */
  upTo(partition: number, position: number): number {
    if (this.#heard !== null && position >= this.#heard.sequence) {
      this.#known = new Map(this.#heard.positions.map(({ partition, offset }) => [partition, offset - 1]))
      this.#heard = null
    }
    return this.#known.get(partition) ?? -1
  }
}
