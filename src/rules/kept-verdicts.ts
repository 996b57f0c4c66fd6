import { byteColumn, type SlotColumn } from '../state/slot-column.ts'
import type { Expression } from './expression.ts'

/** Kinds of people whose verdicts are kept, and kinds that are remembered to have been met once. */
const [mostKept, mostMet] = [8, 64]

/** What a byte of a column says. */
const [unknown, no, yes] = [0, 1, 2]

type Column = SlotColumn<Uint8Array>

/**
 * What an expression about an item and its reader said, kept for readers who are alike in all that it asks of them: of many
 * thousands most are of a few kinds. Items are slots.
 *
 *     const kept = keptVerdicts(readExpression('item.price < 150 || user.segment == "premium"', 'true or false'))
 *     kept.begin({ segment: 'premium', age: 30 })
 *     kept.of(item)   // undefined at first
 *     kept.keep(item, true)   // and then true for everybody of that segment
 *
 * The eight kinds that came last are kept, each from its second reader on, so that an expression about what is everybody's own
 * costs what it cost. Null where an expression asks for more than fields of item and user.
 */
export function keptVerdicts({ reads, fields }: Expression): KeptVerdicts | null {
  const wanted = fields.user
  if (wanted === null || [...reads].some(name => name !== 'item' && name !== 'user')) return null
  return new KeptVerdicts([...wanted])
}

export class KeptVerdicts {
  readonly #fields: readonly string[]
  /** By kind, the one that came last at the end. */
  readonly #columns = new Map<string, Column>()
  readonly #met = new Set<string>()
  #column: Column | null = null

  constructor(fields: readonly string[]) {
    this.#fields = fields
  }

  /** A list begins for somebody of whom this is known. */
  begin(user: Readonly<Record<string, unknown>>): void {
    const kind = JSON.stringify(this.#fields.map(field => (Object.hasOwn(user, field) ? [user[field]] : null)))
    const known = this.#columns.get(kind)
    this.#column = known ?? (this.#met.has(kind) ? byteColumn() : null)
    if (this.#column === null) {
      if (this.#met.size === mostMet) this.#met.clear()
      this.#met.add(kind)
      return
    }
    this.#columns.delete(kind)
    this.#columns.set(kind, this.#column)
    if (this.#columns.size > mostKept) this.#columns.delete(this.#columns.keys().next().value!)
  }

  /** What it said of an item for somebody like that; undefined where that is not known. */
  of(item: number): boolean | undefined {
    if (this.#column === null || item >= this.#column.data.length) return undefined
    const known = this.#column.data[item]!
    return known === unknown ? undefined : known === yes
  }

  /** Keep what it says of an item for somebody like that. */
  keep(item: number, value: boolean): void {
    if (this.#column === null) return
    this.#column.reserve(item + 1)
    this.#column.data[item] = value ? yes : no
  }

  /** An item is another one, or something else is known of it. */
  changed(item: number): void {
    for (const { data } of this.#columns.values()) if (item < data.length) data[item] = unknown
  }
}
