import type { IdTable } from './id-table.ts'
import { prefixed, withPrefix } from './saved-arrays.ts'
import { savedTexts, textsOf } from './saved-texts.ts'

/** Ids of items as small integers: of those that have had events and of those that are only known so far. */
export interface ItemTable extends Omit<IdTable, 'rename' | 'yield' | 'forget'> {
  /** Slots of items that have had events lie below this, in the order of the items' first events, whatever else is known. */
  readonly learned: number
  hasEvents(slot: number): boolean
  /** The slot of an item, which takes one without an event if it has none; −1 where there is no room for it. */
  know(id: string): number
  /** The item is gone: it is the first to be forgotten, events or not, until `keep`. */
  release(slot: number): void
  keep(slot: number): void
}

export interface Admission {
  /** It has an event. */
  events: boolean
  /** It was known before, in this slot or in the one with which this was exchanged. */
  known: boolean
  /** An item with events had the slot before. */
  used: boolean
}

export interface ItemTableOptions {
  capacity: number
  /** A slot's item is another one now, or has its first event. */
  admitted: (slot: number, id: string, how: Admission) => void
  /**
   * The items of two slots have changed places; that of `to` has no events, and that of `from` is admitted there next: it
   * has its first event, or takes the place of one that is gone.
   */
  exchanged: (from: number, to: number) => void
}

/**
 * A table of items that cannot outgrow its capacity.
 *
 *     const items = itemTable({ capacity: 3, admitted, exchanged })
 *     items.know('a')    // 0
 *     items.know('b')    // 1
 *     items.touch('b')   // 0, and a is in 1: what has events stands in front
 *
 * So a slot of an item with events is the one that it would have had without a catalogue, and what is learned is the same,
 * bit by bit. Where there is no room, items without events go first, the oldest of them, and then the least recently
 * active; but a sixteenth of the room is kept for the newest without events, or nothing new would ever be shown.
 */
export function itemTable({ capacity, admitted, exchanged }: ItemTableOptions): ItemTable {
  const slots = new Map<string, number>()
  const reserve = Math.floor(capacity / 16)
  let ids: string[] = []
  let learned = 0
  let without = 0
  // Two rings in order of age: slot s stands at s + 2, the head of those with events at 0 and of those without at 1.
  let next: Int32Array = Int32Array.of(0, 1)
  let previous: Int32Array = Int32Array.of(0, 1)
  let ring: Uint8Array = new Uint8Array(64)
  let released: Uint8Array = new Uint8Array(64)

  const unlink = (slot: number) => {
    const [before, after] = [previous[slot + 2]!, next[slot + 2]!]
    next[before] = after
    previous[after] = before
  }
  const between = (before: number, slot: number, after: number) => {
    const at = slot + 2
    previous[at] = before
    next[at] = after
    next[before] = at
    previous[after] = at
  }
  const link = (slot: number, head: number, first: boolean) => {
    if (first) between(head, slot, next[head]!)
    else between(previous[head]!, slot, head)
    ring[slot] = head
  }
  const append = (slot: number, head: number) => link(slot, head, false)
  const makeRoom = (size: number) => {
    if (size + 2 <= next.length) return
    const grown = Math.max(64, 2 * size + 2)
    next = enlarged(next, new Int32Array(grown))
    previous = enlarged(previous, new Int32Array(grown))
    ring = enlarged(ring, new Uint8Array(grown))
    released = enlarged(released, new Uint8Array(grown))
  }
  const put = (slot: number, id: string, head: number) => {
    makeRoom(slot + 1)
    ids[slot] = id
    slots.set(id, slot)
    released[slot] = 0
    append(slot, head)
    if (head === withoutEvents) without += 1
  }
  const remove = (slot: number) => {
    unlink(slot)
    slots.delete(ids[slot]!)
    if (ring[slot] === withoutEvents) without -= 1
  }
  const oldest = (head: number) => next[head]! - 2

  /** The slot that an item gets which has none, where all are taken; −1 if nothing is to be given up for it. */
  const givenUp = (events: boolean): number => {
    const active = oldest(withEvents)
    if (active >= 0 && released[active] === 1) return active
    const room = events ? reserve : reserve - 1
    if (without > 0 && (learned < capacity || without > room || active < 0)) return oldest(withoutEvents)
    return events || reserve > 0 ? active : -1
  }

  /** An item without events makes room for one that has its first event; it stays as old as it is. */
  const yieldSlot = (slot: number, to: number) => {
    const [before, after] = [previous[slot + 2]!, next[slot + 2]!]
    unlink(slot)
    makeRoom(to + 1)
    ids[to] = ids[slot]!
    slots.set(ids[to]!, to)
    released[to] = released[slot]!
    between(before, to, after)
    ring[to] = withoutEvents
    exchanged(slot, to)
  }

  const firstEvent = (id: string, known: number): number => {
    if (known >= 0 && known < learned) {
      remove(known)
      put(known, id, withEvents)
      admitted(known, id, { events: true, known: true, used: true })
      return known
    }
    if (learned >= capacity) {
      const slot = givenUp(true)
      remove(slot)
      put(slot, id, withEvents)
      admitted(slot, id, { events: true, known: false, used: true })
      return slot
    }
    const slot = learned
    if (known >= 0) remove(known)
    if (slot < ids.length && slot !== known) {
      let to = known >= 0 ? known : ids.length
      if (to >= capacity) {
        to = oldest(withoutEvents)
        remove(to)
      }
      if (to !== slot) yieldSlot(slot, to)
    }
    learned += 1
    put(slot, id, withEvents)
    admitted(slot, id, { events: true, known: known >= 0, used: false })
    return slot
  }

  return {
    get size() {
      return ids.length
    },
    get learned() {
      return learned
    },
    find: id => slots.get(id) ?? -1,
    id: slot => ids[slot]!,
    hasEvents: slot => ring[slot] === withEvents,
    touch(id) {
      const known = slots.get(id) ?? -1
      if (known < 0 || ring[known] === withoutEvents) return firstEvent(id, known)
      if (released[known] === 0 && previous[withEvents] !== known + 2) {
        unlink(known)
        append(known, withEvents)
      }
      return known
    },
    know(id) {
      const known = slots.get(id)
      if (known !== undefined) return known
      let slot = ids.length
      if (slot >= capacity) {
        slot = givenUp(false)
        if (slot < 0) return -1
        remove(slot)
      }
      put(slot, id, withoutEvents)
      admitted(slot, id, { events: false, known: false, used: slot < learned })
      return slot
    },
    release(slot) {
      if (released[slot] === 1) return
      released[slot] = 1
      unlink(slot)
      link(slot, ring[slot]!, true)
    },
    keep(slot) {
      if (released[slot] === 0) return
      released[slot] = 0
      unlink(slot)
      append(slot, ring[slot]!)
    },
    save(prefix) {
      const order: number[] = []
      for (const head of [withEvents, withoutEvents]) {
        for (let at = next[head]!; at !== head; at = next[at]!) order.push(at - 2)
      }
      return prefixed(prefix, {
        ...savedTexts(ids),
        order: Int32Array.from(order),
        released: released.slice(0, ids.length),
        counts: Int32Array.of(learned, without),
      })
    },
    restore(prefix, arrays) {
      const saved = withPrefix(prefix, arrays)
      ids = textsOf(saved)
      slots.clear()
      for (const [slot, id] of ids.entries()) slots.set(id, slot)
      next = Int32Array.of(0, 1)
      previous = Int32Array.of(0, 1)
      ring = new Uint8Array(0)
      makeRoom(ids.length)
      released = enlarged(saved['released'] as Uint8Array, new Uint8Array(ring.length))
      ;[learned, without] = [...(saved['counts'] as Int32Array)] as [number, number]
      const order = saved['order'] as Int32Array
      for (const [k, slot] of order.entries()) append(slot, k < order.length - without ? withEvents : withoutEvents)
    },
  }
}

const withEvents = 0
const withoutEvents = 1

function enlarged<A extends Int32Array | Uint8Array>(old: A, into: A): A {
  into.set(old)
  return into
}
