import { orderStatistic } from '../state/order-statistic.ts'
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

/** Names of the scores that the serving policy gives to the ranker, and of the catalogue's. */
export const servingScores = ['expected reward', 'critic value'] as const
export const catalogueScores = ['own taste'] as const

/** Candidates with the logits that the ranker gives them. */
export interface ScoredCandidates {
  /** Logits of the candidates ranked last. */
  readonly logits: Float64Array
  /**
   * Rank the first `count` candidates for a user. The serving policy is asked about the `most` of them that are best without it
   * (default: all), by logit and `lift`.
   */
  rank(
    user: number,
    time: number,
    count: number,
    itemScores: ItemScores,
    how?: { most: number; lift?: ((item: number) => number) | undefined },
  ): void
  /** What the serving policy expects of candidate number `candidate`, of those ranked last, for the same user. */
  expected(candidate: number): number
  /** Mean of it over those that it was asked about when they were ranked, and its standard deviation. */
  spread(): { mean: number; deviation: number }
}

/**
 * Cheap scores rank all candidates, and what the serving policy expects ranks the best of these anew: what it says of the others
 * would cost most of a list's time, and they are in lists only to explore.
 */
export function scoredCandidates(parts: {
  ranker: OnlineRanker
  pool: Candidates
  catalogue: Pick<CatalogueCandidates, 'affinity'>
}): ScoredCandidates {
  const { ranker, pool, catalogue } = parts
  const { found } = pool
  const size = found.length
  const logits = new Float64Array(size)
  const keys = new Float64Array(size)
  /** By candidate; NaN where the policy was not asked yet. */
  const expected = new Float64Array(size)
  const places = new Int32Array(size)
  const scores = servingScores.map(() => new Float64Array(size))
  let asked: ItemScores = { expect: () => 0, value: () => 0 }
  let spread = { mean: 0, deviation: 0 }

  const expect = (candidate: number): number => {
    expected[candidate] = asked.expect(found[candidate]!)
    return expected[candidate]
  }
  return {
    logits,
    rank(user, time, count, itemScores, { most, lift = () => 0 } = { most: count }) {
      asked = itemScores
      expected.fill(Number.NaN, 0, count)
      ranker.score(user, time, found, count, [catalogue.affinity], logits)
      for (let c = 0; c < count; c++) keys[c] = logits[c]! + lift(found[c]!)
      const held = bestPlaces(keys, count, most, places)
      const [rewards, values] = scores as [Float64Array, Float64Array]
      for (let n = 0; n < held; n++) {
        rewards[n] = expect(places[n]!)
        values[n] = itemScores.value(rewards[n]!)
      }
      spread = spreadOf(rewards, held)
      ranker.refine(user, count, { places, held, scores }, logits)
    },
    expected: candidate => (Number.isNaN(expected[candidate]) ? expect(candidate) : expected[candidate]!),
    spread: () => spread,
  }
}

/** The places of the `most` greatest of the first `count` keys, in their order; of equal ones the first. */
export function bestPlaces(keys: Float64Array, count: number, most: number, into: Int32Array): number {
  if (most <= 0) return 0
  const least = most >= count ? Number.NEGATIVE_INFINITY : orderStatistic(keys.slice(0, count), count, count - most)
  let equals = most
  for (let c = 0; c < count; c++) if (keys[c]! > least) equals -= 1
  let held = 0
  for (let c = 0; c < count; c++) {
    if (keys[c]! > least) into[held++] = c
    else if (keys[c] === least && equals-- > 0) into[held++] = c
  }
  return held
}

function spreadOf(numbers: Float64Array, count: number): { mean: number; deviation: number } {
  let [sum, squares] = [0, 0]
  for (let n = 0; n < count; n++) {
    sum += numbers[n]!
    squares += numbers[n]! ** 2
  }
  const mean = sum / count
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean ** 2)) }
}
