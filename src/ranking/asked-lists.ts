import type { RecommendedItem } from '../records/recommendation.ts'
import type { Random } from '../state/random.ts'
import type { Candidates } from './candidates.ts'
import { itemsAlike } from './items-alike.ts'
import type { OnlineRanker } from './online-ranker.ts'
import type { ItemVectors } from './rank-features.ts'
import type { ItemScores, ScoredCandidates } from './scored-candidates.ts'
import { type EventWorth, setOf } from './worth.ts'

/** Lists and rankings for those who ask: nothing is remembered of them, and chance comes from the asker. Users and items are slots. */
export interface AskedLists {
  /** A list from what `allowed` lets through; empty where that is nothing. */
  list(user: number, time: number, itemScores: ItemScores, how: AskedList): RecommendedItem[]
  /** These items, all of them, best first, with what the serving policy expects of each; chance has no part in it. */
  rank(user: number, time: number, items: readonly number[], itemScores: ItemScores): ScoredItem[]
  /** Somebody of whom nothing is known came to an item; to be undone by `endGuest`. */
  noteGuest(user: number, event: { item: number; time: number; behaviour: string; reward: number }): void
  endGuest(user: number): void
  /** What goes with an item, most first; scores from 1 down. */
  alike(item: number, how: { most: number; items: number; allowed: (item: number) => boolean }): ScoredItem[]
  /** What people want now, most first; scores from 1 down. */
  popular(how: { most: number; allowed: (item: number) => boolean }): ScoredItem[]
}

export interface ScoredItem {
  item: number
  score: number
}

export interface AskedList {
  length: number
  random: Random
  allowed: (item: number) => boolean
}

export interface DrawnItem extends RecommendedItem {
  /** Index into the candidates. */
  index: number
}

/** `gather` finds and ranks the candidates of a list, `draw` draws it from those that were ranked last. */
export function askedLists(parts: {
  ranker: OnlineRanker
  pool: Candidates
  scored: ScoredCandidates
  worths: EventWorth
  vectors: ItemVectors
  gather: (user: number, time: number, how: Pick<AskedList, 'allowed' | 'length'>, itemScores: ItemScores) => number
  draw: (user: number, count: number, length: number, random: Random) => DrawnItem[]
}): AskedLists {
  const { ranker, pool, scored, worths, vectors, gather, draw } = parts
  const { found } = pool
  return {
    list(user, time, itemScores, { length, random, allowed }) {
      const count = gather(user, time, { allowed, length }, itemScores)
      return count === 0 ? [] : draw(user, count, length, random).map(({ index: _, ...item }) => item)
    },
    rank(user, time, items, itemScores) {
      const ranked: (ScoredItem & { logit: number })[] = []
      for (let from = 0; from < items.length; from += found.length) {
        const count = pool.only(user, time, items.slice(from, from + found.length))
        scored.rank(user, time, count, itemScores)
        for (let c = 0; c < count; c++) {
          ranked.push({ item: found[c]!, score: scored.expected(c), logit: scored.logits[c]! })
        }
      }
      return ranked.sort((a, b) => b.logit - a.logit || a.item - b.item)
    },
    noteGuest(user, { item, time, behaviour, reward }) {
      const number = worths.number(behaviour)
      ranker.own.note(user, item, time, worths.of(user, number, reward), setOf(number))
      ranker.neighbours.changed()
    },
    endGuest(user) {
      ranker.own.reset(user)
      ranker.neighbours.changed()
    },
    alike: (item, how) => itemsAlike(ranker, vectors, item, how),
    popular({ most, allowed }) {
      const items = pool.wanted(most, allowed)
      const first = items.length === 0 ? 0 : ranker.popularity.rank(items[0]!)
      return items.map(item => ({ item, score: first > 0 ? Math.max(0, ranker.popularity.rank(item) / first) : 0 }))
    },
  }
}
