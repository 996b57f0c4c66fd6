import { sessionGapMs } from '../../../../state/session-gap.ts'
import type { MakeBaseline } from './baseline.ts'
import { userPasts } from './user-pasts.ts'

const [sessionsOfItem, sampled, neighbours, ownItems] = [200, 500, 100, 20]

/**
 * V-SkNN (Ludewig & Jannach 2018): the sessions that share items with the user's last twenty, later ones weighing more;
 * of the 500 most recent of them the hundred that share most lend their items, rarer ones more, and more where the shared
 * one was late.
 */
export const sessionNeighbours: MakeBaseline = ({ users, items }) => {
  const pasts = userPasts(users, ownItems)
  /** Items of each session, once each. */
  const sessions: number[][] = []
  const current = new Int32Array(users).fill(-1)
  const lastTime = new Float64Array(users).fill(Number.NEGATIVE_INFINITY)
  /** Newest first. */
  const ofItem: (number[] | undefined)[] = new Array(items).fill(undefined)
  const counts = new Float64Array(items)
  return {
    score(user, _time, add) {
      const own = pasts.items(user)
      const shared = new Map<number, { weight: number; latest: number }>()
      for (const [k, item] of own.entries()) {
        for (const session of ofItem[item] ?? []) {
          if (session === current[user]) continue
          const found = shared.get(session)
          const weight = 1 - k / own.length
          if (found === undefined) shared.set(session, { weight, latest: k })
          else found.weight += weight
        }
      }
      const recent = [...shared].sort(([a], [b]) => b - a).slice(0, sampled)
      const nearest = recent.sort(([, a], [, b]) => b.weight - a.weight).slice(0, neighbours)
      for (const [session, { weight, latest }] of nearest) {
        const similarity = weight / (1 + latest)
        for (const item of sessions[session]!) {
          add(item, similarity * Math.log((sessions.length + 1) / counts[item]!))
        }
      }
    },
    learn({ user, item, time }) {
      if (current[user]! < 0 || time - lastTime[user]! > sessionGapMs.predictors) {
        current[user] = sessions.length
        sessions.push([])
      }
      lastTime[user] = time
      pasts.add(user, item)
      const session = sessions[current[user]!]!
      if (session.includes(item)) return
      session.push(item)
      counts[item]! += 1
      const list = (ofItem[item] ??= [])
      list.unshift(current[user]!)
      if (list.length > sessionsOfItem) list.pop()
    },
  }
}
