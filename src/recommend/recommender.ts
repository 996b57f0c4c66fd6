import type { Factorisation } from '../baselines/factorisation.ts'
import type { Popularity } from '../baselines/popularity.ts'
import { seededRandom } from '../model/random.ts'
import { prefixed, type SavedArrays, withPrefix } from '../model/saved-arrays.ts'
import { doubleColumn, intColumn } from '../model/slot-column.ts'
import type { RecommendSettings } from '../pipeline/definition.ts'
import { drawList } from './explore.ts'
import { followers } from './followers.ts'
import type { RecommendedItem } from './recommendation.ts'
import { seenItems } from './seen.ts'
import { topList } from './top-list.ts'

/** Makes lists; users and items are slots. */
export interface Recommender {
  resetUser(slot: number): void
  resetItem(slot: number, hash: number): void
  /** An event that was learned from, with the items of the short window before it, oldest first (−1: forgotten). */
  observe(user: number, item: number, before: ArrayLike<number>): void
  /** Whether an event of this time gives rise to a list. */
  due(user: number, time: number, late: boolean): boolean
  /**
   * A list at a time for a user whose last items are `recent`, oldest first; `predict` is the champion's expected reward.
   * Where nothing is left to recommend it is empty, and the user's next event may give rise to one.
   */
  list(user: number, time: number, recent: ArrayLike<number>, predict: (item: number) => number): RecommendedItem[]
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface RecommenderOptions {
  settings: RecommendSettings
  seed: number
  itemId: (slot: number) => string
  popularity: Popularity
  factorisation: Factorisation
}

interface Candidate {
  item: number
  /** How strongly the user's last items lead to it. */
  pull: number
  /** The item that leads to it most often, and how often it did. */
  after: number
  times: number
}

/**
 * Lists from two sources of candidates, what followed the user's last items and what is popular now, without what the
 * user has seen; ranked by pull, popularity and expected reward together.
 *
 * Expected reward alone makes dull lists (a safe item nobody would pick now), and popularity alone gives everyone the
 * same one.
 */
export function createRecommender(options: RecommenderOptions): Recommender {
  const { settings, popularity, factorisation, itemId } = options
  const random = seededRandom(options.seed, 'recommend')
  const top = topList(4 * settings.candidates, popularity.rawRank)
  const after = followers()
  const seen = seenItems()
  const hashes = intColumn()
  const lastList = doubleColumn(1, Number.NEGATIVE_INFINITY)
  const index = new Map<number, Candidate>()

  /** Candidates of a user, at most `settings.candidates`, in an order that the log alone decides. */
  const gather = (user: number, recent: ArrayLike<number>): Candidate[] => {
    index.clear()
    const own = new Set<number>()
    for (let k = 0; k < recent.length; k++) own.add(recent[k]!)
    let fade = 1
    for (let k = recent.length - 1; k >= 0; k--, fade *= 0.85) {
      const from = recent[k]!
      if (from < 0) continue
      const scale = fade / Math.sqrt(factorisation.itemCount(from) + 10)
      after.visit(from, (item, times) => {
        if (own.has(item) || seen.has(user, hashes.data[item]!)) return
        const pull = (scale * times) / Math.sqrt(factorisation.itemCount(item) + 10)
        const known = index.get(item)
        if (known === undefined) index.set(item, { item, pull, after: from, times })
        else {
          known.pull += pull
          if (times > known.times) {
            known.after = from
            known.times = times
          }
        }
      })
    }
    const found = [...index.values()].sort((a, b) => b.pull - a.pull || a.item - b.item)
    // Half of the room is for what is popular, so that a list is never made of followers alone.
    found.length = Math.min(found.length, Math.ceil(settings.candidates / 2))
    const taken = new Set(found.map(candidate => candidate.item))
    const fill = (limit: number, allowed: (item: number) => boolean) => {
      for (let place = 0; place < top.size && found.length < limit; place++) {
        const item = top.at(place)
        if (taken.has(item) || own.has(item) || !allowed(item)) continue
        taken.add(item)
        found.push({ item, pull: 0, after: -1, times: 0 })
      }
    }
    fill(settings.candidates, item => !seen.has(user, hashes.data[item]!))
    // Whoever has seen nearly everything gets known items rather than a short list.
    fill(settings.length, () => true)
    return found
  }

  const reason = (candidate: Candidate, reward: number, rank: number): string => {
    if (candidate.times >= 2) return `followed ${itemId(candidate.after)} ${candidate.times} times`
    return reward > rank ? 'close to your taste' : 'popular now'
  }

  return {
    resetUser(slot) {
      seen.reset(slot)
      lastList.reserve(slot + 1)
      lastList.reset(slot)
    },
    resetItem(slot, hash) {
      hashes.reserve(slot + 1)
      hashes.data[slot] = hash
      top.reset(slot)
      after.reset(slot, hash)
    },
    observe(user, item, before) {
      for (let k = Math.max(0, before.length - 3); k < before.length; k++) {
        if (before[k]! >= 0 && before[k] !== item) after.add(before[k]!, item)
      }
      seen.add(user, hashes.data[item]!)
      top.raised(item)
    },
    due(user, time, late) {
      return !late && time - lastList.data[user]! >= settings.everyMs
    },
    list(user, time, recent, predict) {
      const candidates = gather(user, recent)
      if (candidates.length > 0) lastList.data[user] = time
      const rewards = candidates.map(candidate => predict(candidate.item))
      const pulls = standardised(candidates.map(candidate => Math.log(candidate.pull + 0.002)))
      const ranks = standardised(candidates.map(candidate => Math.log(popularity.rank(candidate.item) + 0.5)))
      const values = standardised(rewards)
      const keys = candidates.map((_, k) => pullWeight * pulls[k]! + rankWeight * ranks[k]! + rewardWeight * values[k]!)
      return drawList(keys, settings.length, settings.epsilon, random).map(draw => ({
        itemId: itemId(candidates[draw.index]!.item),
        score: rewards[draw.index]!,
        propensity: draw.propensity,
        reason: draw.explored ? 'exploring' : reason(candidates[draw.index]!, values[draw.index]!, ranks[draw.index]!),
      }))
    },
    save: (users, items) => ({
      ...prefixed('top', top.save()),
      ...prefixed('after', after.save(items)),
      ...prefixed('seen', seen.save(users)),
      hashes: hashes.save(items),
      lastList: lastList.save(users),
      random: random.state.slice(),
    }),
    restore(arrays) {
      top.restore(withPrefix('top', arrays))
      after.restore(withPrefix('after', arrays))
      seen.restore(withPrefix('seen', arrays))
      hashes.restore(arrays['hashes'] as Int32Array)
      lastList.restore(arrays['lastList'] as Float64Array)
      random.state.set(arrays['random'] as Uint32Array)
    },
  }
}

const pullWeight = 1
const rankWeight = 0.6
const rewardWeight = 0.2

/** Mean 0 and standard deviation 1 among the candidates; all 0 when they are alike. */
function standardised(values: number[]): number[] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length
  return values.map(value => (variance > 0 ? (value - mean) / Math.sqrt(variance) : 0))
}
