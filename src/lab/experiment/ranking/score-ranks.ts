import type { TrialResult } from '../experiment.ts'
import { hit10, ndcg10, type Rank } from './rank.ts'

/** Adds up NDCG@10 and HR@10 by user. */
export interface RankScoring {
  /** An event whose item stood at `rank`. */
  add(user: number, rank: Rank): void
  /** `seconds` is what the events took. */
  result(seconds: number): TrialResult
}

export function rankScoring(users: number): RankScoring {
  const events = new Array<number>(users).fill(0)
  const sums = { ndcg10: new Array<number>(users).fill(0), hr10: new Array<number>(users).fill(0) }
  return {
    add(user, rank) {
      events[user]! += 1
      sums.ndcg10[user]! += ndcg10(rank)
      sums.hr10[user]! += hit10(rank)
    },
    result(seconds) {
      const total = events.reduce((a, b) => a + b, 0)
      const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / total
      return {
        metrics: { ndcg10: mean(sums.ndcg10), hr10: mean(sums.hr10), eventsPerSecond: total / seconds },
        perUser: { events, sums },
      }
    },
  }
}
