import type { ListRules } from '../rules/place-rules.ts'
import type { RecommendSettings } from '../settings/types.ts'
import type { Random } from '../state/random.ts'
import type { Candidates } from './candidates.ts'
import { type Draw, drawList, drawThompson } from './explore.ts'
import type { ScoredCandidates } from './scored-candidates.ts'

export interface ListDrawingOptions {
  settings: Pick<RecommendSettings, 'exploration' | 'epsilon' | 'newItems'>
  pool: Candidates
  scored: ScoredCandidates
  /** Whether few have met an item yet. */
  isNew: (item: number) => boolean
  /** A taste drawn from what is known of a user, by which items can be scored; for Thompson sampling. */
  drawTaste: (user: number, random: Random) => (item: number) => number
}

/** Draws slots from the first `count` candidates, as they were ranked last, in the way that the settings say. */
export type ListDrawing = (
  user: number,
  count: number,
  how: { length: number; rules: ListRules | null; random: Random },
) => Draw[]

export function listDrawing(options: ListDrawingOptions): ListDrawing {
  const { settings, pool, scored, isNew, drawTaste } = options
  const { logits, expected } = scored
  const { found } = pool
  const keys = new Float64Array(logits.length)
  return (user, count, { length, rules, random }) => {
    for (let c = 0; c < count; c++) keys[c] = logits[c]! + (rules === null ? 0 : rules.lift(found[c]!))
    const drawn = { items: found, count, length, places: rules?.places ?? null, span: spanOf(logits, count) }
    if (settings.exploration === 'epsilon') {
      return drawList(drawn, keys, { epsilon: settings.epsilon, newItems: settings.newItems, isNew }, random)
    }
    // The unit in which tastes are drawn, never quite 0.
    const scale = 1 / (scored.spread().deviation + 0.01)
    return drawThompson(
      drawn,
      into => {
        const taste = drawTaste(user, random)
        for (let c = 0; c < count; c++) into[c] = keys[c]! + scale * (taste(found[c]!) - expected(c))
      },
      thompsonRuns,
    )
  }
}

const thompsonRuns = 50

/** The greatest of the first `count` numbers less the least. */
function spanOf(numbers: Float64Array, count: number): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let k = 0; k < count; k++) {
    least = Math.min(least, numbers[k]!)
    most = Math.max(most, numbers[k]!)
  }
  return count === 0 ? 0 : most - least
}
