import { doubleColumn } from '../state/slot-column.ts'
import type { Candidates } from './candidates.ts'
import type { CatalogueCandidates } from './catalogue-candidates.ts'
import type { OnlineRanker } from './online-ranker.ts'

/** What the serving policy expects of items for the user at hand. */
export interface ItemScores {
  /** The reward that it expects of an item, in [0, 1]. */
  expect(item: number): number
  /** What the critic says of that expectation, for the item asked for last; 0 without a critic. */
  value(expected: number): number
}

/** Names of the scores that the serving policy and the catalogue give to the ranker. */
export const servingScores = ['expected reward', 'critic value', 'own taste'] as const

/** Candidates with the logits that the ranker gives them. */
export interface ScoredCandidates {
  /** Logits of the candidates ranked last. */
  readonly logits: Float64Array
  /** Rank the first `count` candidates for a user. */
  rank(user: number, time: number, count: number, itemScores: ItemScores): void
  /** What the serving policy expected of an item when it was ranked last. */
  expected(item: number): number
  /** Mean of it over the first `count` candidates, and its standard deviation. */
  spread(count: number): { mean: number; deviation: number }
  reserve(items: number): void
}

export function scoredCandidates(parts: {
  ranker: OnlineRanker
  pool: Candidates
  catalogue: Pick<CatalogueCandidates, 'affinity'>
  /** An item is about to be scored, which may have had no event yet. */
  prepare: (item: number) => void
}): ScoredCandidates {
  const { ranker, pool, catalogue, prepare } = parts
  const { found } = pool
  const expected = doubleColumn()
  const valued = doubleColumn()
  const logits = new Float64Array(found.length)
  const extras = [(item: number) => expected.data[item]!, (item: number) => valued.data[item]!, catalogue.affinity]
  return {
    logits,
    rank(user, time, count, itemScores) {
      for (let c = 0; c < count; c++) {
        const item = found[c]!
        prepare(item)
        const reward = itemScores.expect(item)
        expected.data[item] = reward
        valued.data[item] = itemScores.value(reward)
      }
      ranker.score(user, time, found, count, extras, logits)
    },
    expected: item => expected.data[item]!,
    spread(count) {
      let [sum, squares] = [0, 0]
      for (let c = 0; c < count; c++) {
        const reward = expected.data[found[c]!]!
        sum += reward
        squares += reward ** 2
      }
      const mean = sum / count
      return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean ** 2)) }
    },
    reserve(items) {
      for (const column of [expected, valued]) column.reserve(items)
    },
  }
}
