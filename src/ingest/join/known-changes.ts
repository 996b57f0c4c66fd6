import { onlyPart, owns, type Part } from '../../records/part.ts'
import type { ChangeRow } from '../../records/warehouse.ts'

type Numbered = Exclude<ChangeRow, { number: null }>
type Unnumbered<T> = T extends Numbered ? Omit<T, 'number'> : never

/** How far changes have come before. */
export interface ChangesBefore {
  /** The newest change that is kept or published. */
  number: number
  /** Rows up to this one are on the topic already. */
  publishedSequence: number
  /** It tells of what became known before them; one from before there were changes does not. */
  told: boolean
  /** It tells of the profiles and items of its own partitions: of the others another part does. */
  part?: Part
}

/**
 * Numbers what becomes known, in order, and leaves out what the topic of interest sequences holds already.
 *
 * A rebuilt warehouse takes profiles and items again. Those before a published row are on the topic; of those behind the last
 * published row, the topic itself says which are: `recorded`.
 */
export class KnownChanges {
  readonly #publishedSequence: number
  readonly #told: boolean
  #number: number
  readonly #part: Part
  /** Offset of the newest record, by kind and partition, whose change is on the topic. */
  recorded: ReadonlyMap<string, number> = new Map()

  constructor({ number, publishedSequence, told, part = onlyPart }: ChangesBefore) {
    this.#part = part
    this.#told = told
    this.#number = number
    this.#publishedSequence = publishedSequence
  }

  /** Add a change to those of a batch, unless the topic holds it. */
  add(change: Unnumbered<ChangeRow>, to: ChangeRow[]): void {
    if (!this.tells(change) || (this.#told && this.isPublished(change.sequence))) return
    if (change.offset <= (this.recorded.get(placeOf(change)) ?? -1)) return
    this.#number += 1
    to.push({ ...change, number: this.#number } as ChangeRow)
  }

  /** Whether what comes of a partition of profiles or items is this part's to tell. */
  tells({ partition }: { partition: number }): boolean {
    return owns(this.#part, partition)
  }

  /** Whether what is said of a row is on the topic already. */
  isPublished(sequence: number): boolean {
    return sequence <= this.#publishedSequence
  }
}

/** A kind and a partition as one text. */
export function placeOf({ kind, partition }: { kind: 'item' | 'user'; partition: number }): string {
  return `${kind}/${partition}`
}
