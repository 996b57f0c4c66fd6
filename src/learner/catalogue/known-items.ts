import { type Attributes, noAttributes, typedAttributes } from '../../records/attribute-value.ts'
import type { Item } from '../../records/definition.ts'
import type { ItemChange } from '../../records/interest-block.ts'
import { Hash64 } from '../../state/hash.ts'
import type { ItemTable } from '../../state/item-table.ts'
import { openSlots } from '../../state/open-slots.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { savedTexts, textsOf } from '../../state/saved-texts.ts'

/**
 * What the items topic says of the items in memory, by slot.
 *
 *     known.take(change)                // its record came
 *     known.attributes(slot)['price']   // 9.9
 *     known.isAvailable(slot)           // false: sold out, and in no list
 */
export interface KnownItems {
  /** An item's attributes, numbers as numbers; the same object until they change, `noAttributes` where its record never came. */
  attributes(slot: number): Attributes
  /** Its tags; the same list until they change. */
  tags(slot: number): readonly string[]
  title(slot: number): string | null
  /** Its features, a JSON array of tokens; '' where its record never came. */
  features(slot: number): string
  /** Whether it may be in a list at all: it is not deleted, and the definition's `available` holds. */
  isAvailable(slot: number): boolean
  /** Those of the first `items` slots that may, by rising slot; the same array until that changes. */
  available(items: number): Int32Array
  /** Take in what its topic says of an item, which has a slot from now on if there is room. */
  take(change: ItemChange): void
  /** A slot is of this item from now on; one that was there before comes with what is known of it. */
  admitted(slot: number, id: string): void
  /** The items of two slots have changed places. */
  exchanged(a: number, b: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface KnownItemsOptions {
  items: Pick<ItemTable, 'find' | 'know' | 'release' | 'keep' | 'id'>
  isAvailable: (item: Item, attributes: Attributes) => boolean
  /** Items without a slot that may not be shown are remembered up to so many; 40 bytes each. */
  remembered: number
  /** An item's record came; `first`: no record of it came before. */
  described: (slot: number, first: boolean) => void
}

type Entry = Pick<ItemChange, 'id' | 'title' | 'features' | 'attributes' | 'tags' | 'deleted'> & {
  read?: Attributes
  /** As a checkpoint holds it; most are the same in the next one. */
  text?: string
}

/** An item that may not be shown stays so when its slot passes to another one, and when an event brings it back. */
export function knownItems({ items, isAvailable, remembered, described }: KnownItemsOptions): KnownItems {
  let entries: (Entry | undefined)[] = []
  const slots = openSlots()
  /** Hashes of items without a slot that may not be shown, the oldest first. */
  const barred = new Set<number>()

  const read = (entry: Entry): Attributes => (entry.read ??= typedAttributes(entry.attributes))
  const isClosed = (id: string, entry: Entry | undefined): boolean => {
    if (entry === undefined) {
      return barred.has(hashOf(id)) || !isAvailable({ itemId: id, title: null, attributes: {}, tags: [] }, noAttributes)
    }
    const { title, tags } = entry
    return (
      entry.deleted || !isAvailable({ itemId: id, title, attributes: JSON.parse(entry.attributes), tags }, read(entry))
    )
  }
  const bar = (id: string) => {
    barred.add(hashOf(id))
    for (const oldest of barred) {
      if (barred.size <= remembered) return
      barred.delete(oldest)
    }
  }

  return {
    attributes(slot) {
      const entry = entries[slot]
      return entry === undefined ? noAttributes : read(entry)
    },
    tags: slot => entries[slot]?.tags ?? noTags,
    title: slot => entries[slot]?.title ?? null,
    features: slot => entries[slot]?.features ?? '',
    isAvailable: slots.isOpen,
    available: slots.among,
    take({ id, title, features, attributes, tags, deleted }) {
      if (deleted) {
        const slot = items.find(id)
        if (slot < 0) return bar(id)
        const { text: _, ...before } = entries[slot] ?? { id, title, features, attributes, tags }
        entries[slot] = { ...before, deleted }
        slots.set(slot, false)
        return items.release(slot)
      }
      const entry: Entry = { id, title, features, attributes, tags, deleted }
      const slot = items.know(id)
      if (slot < 0) {
        if (isClosed(id, entry)) bar(id)
        else barred.delete(hashOf(id))
        return
      }
      barred.delete(hashOf(id))
      items.keep(slot)
      const first = entries[slot] === undefined
      entries[slot] = entry
      slots.set(slot, !isClosed(id, entry))
      described(slot, first)
    },
    admitted(slot, id) {
      const entry = entries[slot]
      if (entry !== undefined && entry.id !== id) {
        if (!slots.isOpen(slot)) bar(entry.id)
        entries[slot] = undefined
      }
      slots.set(slot, !isClosed(id, entries[slot]))
    },
    exchanged(a, b) {
      const [entry, wasOpen] = [entries[a], slots.isOpen(a)]
      entries[a] = entries[b]
      slots.set(a, slots.isOpen(b))
      entries[b] = entry
      slots.set(b, wasOpen)
    },
    save(count) {
      const texts = Array.from({ length: count }, (_, slot) => {
        const entry = entries[slot]
        if (entry === undefined) return ''
        const { title, features, attributes, tags, deleted } = entry
        return (entry.text ??= JSON.stringify([title, features, attributes, tags, deleted]))
      })
      return {
        ...prefixed('entries', savedTexts(texts)),
        closed: slots.save(count),
        barred: Float64Array.from(barred),
      }
    },
    restore(arrays) {
      slots.restore(arrays['closed'] as Uint8Array)
      barred.clear()
      for (const hash of arrays['barred'] as Float64Array) barred.add(hash)
      entries = textsOf(withPrefix('entries', arrays)).map((text, slot) => {
        if (text === '') return undefined
        const [title, features, attributes, tags, deleted] = JSON.parse(text) as [
          string | null,
          string,
          string,
          string[],
          boolean,
        ]
        return { id: items.id(slot), title, features, attributes, tags, deleted }
      })
    },
  }
}

const noTags: readonly string[] = Object.freeze([])

const hash = new Hash64()
/** 53 bits of an id's hash. */
const hashOf = (id: string): number => {
  const { high, low } = hash.begin().text(id)
  return (high >>> 0) * 2 ** 21 + (low >>> 11)
}
