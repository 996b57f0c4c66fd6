import { type AttributeValue, attributeValue } from '../records/attribute-value.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { savedTexts, textsOf } from '../state/saved-texts.ts'

/** Attributes by name, with numbers as numbers. */
export type Attributes = Readonly<Record<string, AttributeValue>>

/** Where nothing is known. */
export const noAttributes: Attributes = Object.freeze(Object.create(null))

/** The attributes of users or items by slot, as their topic said them last. */
export interface AttributeTable {
  /** A slot's attributes: one and the same object until they change, so that what was worked out of them can be kept by it. */
  of(slot: number): Attributes
  /** Take in a JSON object of texts; '' leaves what is known. */
  set(slot: number, text: string): void
  /** A slot's holder has moved to another slot. */
  move(from: number, to: number): void
  reset(slot: number): void
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * Attributes as text, read when they are first asked for.
 *
 *     table.set(0, '{"price":"9.90","brand":"Ash"}')
 *     table.of(0)   // { price: 9.9, brand: 'Ash' }
 */
export function attributeTable(): AttributeTable {
  let texts: (string | undefined)[] = []
  let read: (Attributes | undefined)[] = []
  return {
    of(slot) {
      const known = read[slot]
      if (known !== undefined) return known
      const text = texts[slot]
      if (text === undefined) return noAttributes
      read[slot] = typed(text)
      return read[slot]
    },
    set(slot, text) {
      if (text === '' || texts[slot] === text) return
      texts[slot] = text
      read[slot] = undefined
    },
    move(from, to) {
      texts[to] = texts[from]
      read[to] = read[from]
      this.reset(from)
    },
    reset(slot) {
      texts[slot] = undefined
      read[slot] = undefined
    },
    save: slots => savedTexts(Array.from({ length: slots }, (_, slot) => texts[slot] ?? '')),
    restore(arrays) {
      texts = textsOf(arrays).map(text => (text === '' ? undefined : text))
      read = []
    },
  }
}

function typed(text: string): Attributes {
  const attributes: Record<string, AttributeValue> = Object.create(null)
  for (const [name, value] of Object.entries(JSON.parse(text) as Record<string, unknown>)) {
    attributes[name] = attributeValue(String(value))
  }
  return Object.freeze(attributes)
}
