import { type Attributes, noAttributes, typedAttributes } from '../records/attribute-value.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { savedTexts, textsOf } from '../state/saved-texts.ts'
import { everyRow } from '../state/user-rows.ts'

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
export function attributeTable(rows = everyRow): AttributeTable {
  let texts: (string | undefined)[] = []
  let read: (Attributes | undefined)[] = []
  const reset = (row: number): void => {
    texts[row] = undefined
    read[row] = undefined
  }
  rows.hold({
    reset,
    pack: (row, into) => into.text(texts[row] ?? ''),
    unpack(row, from) {
      const text = from.text()
      texts[row] = text === '' ? undefined : text
      read[row] = undefined
    },
  })
  return {
    of(user) {
      const slot = rows.of(user)
      const known = read[slot]
      if (known !== undefined) return known
      const text = texts[slot]
      if (text === undefined) return noAttributes
      read[slot] = typedAttributes(text)
      return read[slot]
    },
    set(user, text) {
      const slot = rows.of(user)
      if (text === '' || texts[slot] === text) return
      texts[slot] = text
      read[slot] = undefined
    },
    reset: user => reset(rows.of(user)),
    save: users => savedTexts(Array.from({ length: rows.saved(users) }, (_, slot) => texts[slot] ?? '')),
    restore(arrays) {
      texts = textsOf(arrays).map(text => (text === '' ? undefined : text))
      read = []
    },
  }
}
