/** All items of every user of an experiment, in the order of events. */
export interface Histories {
  add(user: number, item: number): void
  /** A user's items newest first, as a view that the next call overwrites; at most `limit`. */
  newestFirst(user: number, limit?: number): Int32Array
  has(user: number, item: number): boolean
}

export function histories(users: number, items: number): Histories {
  const lists = Array.from({ length: users }, () => [] as number[])
  const had = new Uint8Array(users * items)
  let view = new Int32Array(1024)
  return {
    add(user, item) {
      lists[user]!.push(item)
      had[user * items + item] = 1
    },
    newestFirst(user, limit = Number.POSITIVE_INFINITY) {
      const list = lists[user]!
      const count = Math.min(limit, list.length)
      if (view.length < count) view = new Int32Array(2 * count)
      for (let h = 0; h < count; h++) view[h] = list[list.length - 1 - h]!
      return view.subarray(0, count)
    },
    has: (user, item) => had[user * items + item] === 1,
  }
}
