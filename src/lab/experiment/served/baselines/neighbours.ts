import type { MakeBaseline } from './baseline.ts'
import { userPasts } from './user-pasts.ts'

/**
 * Item-kNN: Σ over the user's last items of c_ij / √(c_i c_j), c_ij counting the users who had both, c_ii those who came
 * back to i.
 */
export const itemNeighbours: MakeBaseline = ({ users, items }) => {
  const pasts = userPasts(users, 50)
  const had = Array.from({ length: users }, () => new Set<number>())
  const counts = new Float64Array(items)
  const shared: (Map<number, number> | undefined)[] = new Array(items).fill(undefined)
  const raise = (a: number, b: number) => {
    const row = (shared[a] ??= new Map())
    row.set(b, (row.get(b) ?? 0) + 1)
  }
  return {
    score(user, _time, add) {
      for (const before of pasts.items(user).slice(0, 20)) {
        for (const [item, count] of shared[before] ?? []) add(item, count / Math.sqrt(counts[before]! * counts[item]!))
      }
    },
    learn({ user, item }) {
      if (had[user]!.has(item)) raise(item, item)
      else {
        had[user]!.add(item)
        counts[item]! += 1
        for (const before of pasts.items(user)) {
          raise(before, item)
          raise(item, before)
        }
      }
      pasts.add(user, item)
    },
  }
}

/**
 * Sequential rules (Ludewig & Jannach 2018): how often an item came 1 … 10 events after another of the same user, one
 * that came k after counting 1/k; scored from the last three items alike, as shares of what followed each.
 */
export const sequentialRules: MakeBaseline = ({ users, items }) => {
  const pasts = userPasts(users, 10)
  const rules: (Map<number, number> | undefined)[] = new Array(items).fill(undefined)
  const totals = new Float64Array(items)
  return {
    score(user, _time, add) {
      const last = pasts.events(user).slice(0, 3)
      for (const [k, before] of last.entries()) {
        for (const [item, weight] of rules[before] ?? []) add(item, weight / totals[before]! / (k + 1))
      }
    },
    learn({ user, item }) {
      for (const [k, before] of pasts.events(user).entries()) {
        const row = (rules[before] ??= new Map())
        row.set(item, (row.get(item) ?? 0) + 1 / (k + 1))
        totals[before]! += 1 / (k + 1)
      }
      pasts.add(user, item)
    },
  }
}

/** The user's own items again, newest first. */
export const repeatLast: MakeBaseline = ({ users }) => {
  const pasts = userPasts(users, 100)
  return {
    score(user, _time, add) {
      for (const [k, item] of pasts.items(user).entries()) add(item, 1 / (k + 1))
    },
    learn: ({ user, item }) => pasts.add(user, item),
  }
}
