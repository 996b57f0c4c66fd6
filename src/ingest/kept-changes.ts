import type { ChangeRow, Published } from '../records/warehouse.ts'

/** Which changes the warehouse keeps because they may not be published. */
export class KeptChanges {
  /** The newest of them; null once they are forgotten. Those of before are published at start. */
  #newest: Pick<ChangeRow, 'sequence' | 'number'> | null = { sequence: 0, number: null }

  /** What is published, where the changes that are kept all are: then they can be forgotten. `changes` are kept from now on. */
  publishedSince(changes: readonly ChangeRow[], published: Published): { published?: Published } {
    const { sequence, number } = this.#newest ?? { sequence: Number.POSITIVE_INFINITY, number: null }
    const forget = sequence <= published.sequence || (number !== null && number <= published.change)
    this.#newest = changes.at(-1) ?? (forget ? null : this.#newest)
    return forget ? { published } : {}
  }
}
