import { type Attributes, noAttributes, typedAttributes } from '../records/attribute-value.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { savedTexts, textsOf } from '../state/saved-texts.ts'

/** The attributes of users by slot, as their topic said them last. */
export interface AttributeTable {
  /** A slot's attributes: one and the same object until they change, so that what was worked out of them can be kept by it. */
  of(slot: number): Attributes
  /** Take in a JSON object of texts; '' leaves what is known. */
  set(slot: number, text: string): void
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
      read[slot] = typedAttributes(text)
      return read[slot]
    },
    set(slot, text) {
      if (text === '' || texts[slot] === text) return
      texts[slot] = text
      read[slot] = undefined
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
