import type { RecommendSettings } from '../settings/types.ts'
import type { Random } from '../state/random.ts'
import type { Candidates } from './candidates.ts'
import { type Draw, drawList, drawThompson } from './explore.ts'
import type { ScoredCandidates } from './scored-candidates.ts'

export interface ListDrawingOptions {
  settings: Pick<RecommendSettings, 'exploration' | 'epsilon' | 'length'>
  random: Random
  pool: Candidates
  scored: ScoredCandidates
  /** A taste drawn from what is known of a user, by which items can be scored; for Thompson sampling. */
  drawTaste: (user: number, random: Random) => (item: number) => number
}

/** Draws a list from the first `count` candidates, as they were ranked last, in the way that the settings say. */
export function listDrawing(options: ListDrawingOptions): (user: number, count: number) => Draw[] {
  const { settings, random, pool, scored, drawTaste } = options
  const { logits, expected } = scored
  const { found } = pool
  return (user, count) => {
    if (settings.exploration === 'epsilon') {
      return drawList(Array.from(logits.subarray(0, count)), settings.length, settings.epsilon, random)
    }
    // The unit in which tastes are drawn, never quite 0.
    const scale = 1 / (scored.spread(count).deviation + 0.01)
    return drawThompson(
      count,
      settings.length,
      keys => {
        const taste = drawTaste(user, random)
        for (let c = 0; c < count; c++) keys[c] = logits[c]! + scale * (taste(found[c]!) - expected(found[c]!))
      },
      thompsonRuns,
    )
  }
}

const thompsonRuns = 50
