import { prefixed, type SavedArrays, withPrefix } from './saved-arrays.ts'
import { savedTexts, textsOf } from './saved-texts.ts'

/** Ids as small integers, at most `capacity` of them at a time. */
export interface IdTable {
  /** Slots in use, 0 … size − 1. */
  readonly size: number
  /** The slot of an id that is known, else −1. */
  find(id: string): number
  /** The id in a slot. */
  id(slot: number): string
  /**
   * The slot of an id, which becomes the most recently active one.
   *
   * A new id takes a free slot or, when there is none, that of the least recently active id; `admitted` is then called
   * with the slot first, so that nothing of the one before it is left there.
   */
  touch(id: string): number
  /** An id that is known goes on under another one, which is not; its slot and its activity stay. */
  rename(from: string, to: string): void
  /** Another slot becomes as recently active as this one, if it is less; this one becomes the first to be forgotten. */
  yield(slot: number, to: number): void
  /** Nobody has this slot any more; the name under which it stands until it is given away, as the first. */
  forget(slot: number): string
  save(prefix: string): SavedArrays
  restore(prefix: string, arrays: SavedArrays): void
}

/**
 * A table of ids that cannot outgrow its capacity.
 *
 *     const users = idTable(2, slot => scores.reset(slot))
 *     users.touch('ann')   // 0
 *     users.touch('bob')   // 1
 *     users.touch('cy')    // 0: ann was forgotten
 */
export function idTable(capacity: number, admitted: (slot: number, id: string) => void): IdTable {
  const slots = new Map<string, number>()
  let ids: string[] = []
  // A ring in order of activity: slot s stands at s + 1, and the head, whose next is the oldest, at 0.
  let next = new Int32Array(65)
  let previous = new Int32Array(65)
  /** When each was active, to compare two of them. */
  let active = new Float64Array(65)
  let now = 0
  const head = 0

  const unlink = (at: number) => {
    const before = previous[at]!
    const after = next[at]!
    next[before] = after
    previous[after] = before
  }
  const insert = (at: number, before: number) => {
    const after = next[before]!
    next[before] = at
    previous[at] = before
    next[at] = after
    previous[after] = at
  }
  const append = (at: number) => {
    insert(at, previous[head]!)
    active[at] = ++now
  }
  const grow = (length: number) => {
    if (length <= next.length) return
    const size = Math.max(length, 2 * next.length)
    const [n, p, a] = [new Int32Array(size), new Int32Array(size), new Float64Array(size)]
    n.set(next)
    p.set(previous)
    a.set(active)
    next = n
    previous = p
    active = a
  }

  return {
    get size() {
      return ids.length
    },
    find: id => slots.get(id) ?? -1,
    id: slot => ids[slot]!,
    touch(id) {
      const known = slots.get(id)
      if (known !== undefined) {
        if (previous[head] !== known + 1) {
          unlink(known + 1)
          append(known + 1)
        }
        return known
      }
      let slot = ids.length
      if (slot < capacity) {
        grow(slot + 2)
        ids.push(id)
      } else {
        slot = next[head]! - 1
        unlink(slot + 1)
        slots.delete(ids[slot]!)
        ids[slot] = id
      }
      append(slot + 1)
      slots.set(id, slot)
      admitted(slot, id)
      return slot
    },
    rename(from, to) {
      const slot = slots.get(from)!
      slots.delete(from)
      slots.set(to, slot)
      ids[slot] = to
    },
    yield(slot, to) {
      const [from, into] = [slot + 1, to + 1]
      if (active[from]! > active[into]!) {
        unlink(into)
        insert(into, from)
        active[into] = active[from]!
      }
      unlink(from)
      insert(from, head)
      active[from] = 0
    },
    forget(slot) {
      const nobody = `\u0000${slot}`
      slots.delete(ids[slot]!)
      slots.set(nobody, slot)
      ids[slot] = nobody
      unlink(slot + 1)
      insert(slot + 1, head)
      active[slot + 1] = 0
      return nobody
    },
    save(prefix) {
      const order = new Int32Array(ids.length)
      for (let i = 0, at = next[head]!; at !== head; at = next[at]!) order[i++] = at - 1
      return { [`${prefix}.order`]: order, ...prefixed(prefix, savedTexts(ids)) }
    },
    restore(prefix, arrays) {
      slots.clear()
      ids = textsOf(withPrefix(prefix, arrays))
      for (const [slot, id] of ids.entries()) slots.set(id, slot)
      next = new Int32Array(Math.max(65, ids.length + 1))
      previous = new Int32Array(next.length)
      active = new Float64Array(next.length)
      now = 0
      for (const slot of arrays[`${prefix}.order`] as Int32Array) append(slot + 1)
    },
  }
}
