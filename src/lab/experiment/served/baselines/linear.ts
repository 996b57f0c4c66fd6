import { ease } from '../../../../ranking/ease.ts'
import type { MakeBaseline } from './baseline.ts'
import { userPasts } from './user-pasts.ts'

/** Items that EASE takes in at most: those that reach five events first. What it costs is the cube of this. */
export const easeItems = 2_000
const least = 5

/** EASE with recency: an item counts half after five further ones; fitted whenever events have grown by a quarter. */
export const easeWithRecency: MakeBaseline = ({ users, items }) => {
  const pasts = userPasts(users, 100)
  const model = ease({ capacity: easeItems, least })
  const counts = new Int32Array(items)
  const places = new Int32Array(items).fill(-1)
  const itemAt: number[] = []
  const history = new Int32Array(100)
  const read = (user: number): number => {
    let count = 0
    for (const item of pasts.items(user)) if (places[item]! >= 0) history[count++] = places[item]!
    return count
  }
  return {
    score(user, _time, add) {
      const scores = model.score(history, read(user), 5)
      for (const [place, item] of itemAt.entries()) {
        const score = scores[place] ?? 0
        if (score > 0) add(item, score)
      }
    },
    learn({ user, item }) {
      counts[item]! += 1
      if (counts[item] === least && itemAt.length < easeItems) {
        places[item] = itemAt.length
        itemAt.push(item)
      }
      if (places[item]! >= 0) {
        model.learn(history, read(user), places[item]!)
        if (model.events >= Math.max(model.fitted + 1_000, 1.25 * model.fitted)) model.fit()
      }
      pasts.add(user, item)
    },
  }
}
