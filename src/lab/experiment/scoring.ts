import type { Scale } from '../../records/definition.ts'
import type { TrialResult } from './experiment.ts'

/** Collects predictions of one policy; arguments are rewards in [0, 1]. */
export interface Scoring {
  add(user: number, predicted: number, reward: number): void
  /** The scores; with how many events passed in how many seconds, their rate too. */
  result(passed?: number, seconds?: number): Required<Pick<TrialResult, 'metrics' | 'perUser'>>
}

/**
 * Scores of predictions with what each user adds to them, for the bootstrap.
 *
 *     const scoring = createScoring({ kind: 'rating', min: 1, max: 5 }, ratings.userIds.length)
 *     scoring.add(0, 0.75, 1)
 *     scoring.result().metrics   // rmse 1, rmse01 .25, mae 1, mae01 .25, aveReward .75
 *
 * Ratings: RMSE and MAE on their own scale and on [0, 1], and the paper's Ave_Reward, 1 − |prediction − real|. Watch
 * rewards: AUC of "at least positiveFrom", exact, and the cross-entropy with the reward as a soft label.
 */
export function createScoring(scale: Scale, users: number): Scoring {
  return scale.kind === 'rating' ? ratingScoring(scale.max - scale.min, users) : watchScoring(scale.positiveFrom, users)
}

function ratingScoring(range: number, users: number): Scoring {
  const events = new Float64Array(users)
  const squares = new Float64Array(users)
  const absolutes = new Float64Array(users)
  return {
    add(user, predicted, reward) {
      const error = predicted - reward
      events[user]! += 1
      squares[user]! += error * error
      absolutes[user]! += Math.abs(error)
    },
    result(passed, seconds) {
      const count = sum(events)
      const rmse01 = Math.sqrt(sum(squares) / count)
      const mae01 = sum(absolutes) / count
      return {
        metrics: {
          rmse: range * rmse01,
          mae: range * mae01,
          rmse01,
          mae01,
          aveReward: 1 - mae01,
          ...rate(passed, seconds),
        },
        perUser: {
          events: [...events],
          sums: { rmse: Array.from(squares, value => range * range * value), mae: scaled(absolutes, range) },
        },
      }
    },
  }
}

function watchScoring(positiveFrom: number, users: number): Scoring {
  const events = new Float64Array(users)
  const losses = new Float64Array(users)
  const predictions: number[] = []
  const owners: number[] = []
  const labels: boolean[] = []
  return {
    add(user, predicted, reward) {
      const clipped = Math.min(1 - 1e-4, Math.max(1e-4, predicted))
      events[user]! += 1
      losses[user]! -= reward * Math.log(clipped) + (1 - reward) * Math.log(1 - clipped)
      predictions.push(predicted)
      owners.push(user)
      labels.push(reward >= positiveFrom)
    },
    result(passed, seconds) {
      const { auc, sums } = areaByUser(predictions, labels, owners, users)
      const logLoss = sum(losses) / sum(events)
      // Without both kinds of events there is no curve.
      return {
        metrics: { ...(Number.isNaN(auc) ? {} : { auc }), logLoss, ...rate(passed, seconds) },
        perUser: { events: [...events], sums: { logLoss: [...losses], ...(Number.isNaN(auc) ? {} : sums) } },
      }
    },
  }
}

/** The area under the curve, ties half, and each user's part in it: how many positives and negatives, and their placements. */
function areaByUser(
  predictions: readonly number[],
  labels: readonly boolean[],
  owners: readonly number[],
  users: number,
) {
  const names = ['aucPositives', 'aucNegatives', 'aucAbove', 'aucBelow'] as const
  const sums = Object.fromEntries(names.map(name => [name, new Array<number>(users).fill(0)])) as Record<
    (typeof names)[number],
    number[]
  >
  const order = Uint32Array.from(predictions.keys()).sort((a, b) => predictions[a]! - predictions[b]!)
  const positives = labels.reduce((count, label) => count + (label ? 1 : 0), 0)
  const negatives = labels.length - positives
  let [seenPositives, seenNegatives, pairs] = [0, 0, 0]
  for (let from = 0; from < order.length; ) {
    let to = from
    let tiedPositives = 0
    for (; to < order.length && predictions[order[to]!] === predictions[order[from]!]; to++) {
      if (labels[order[to]!]!) tiedPositives += 1
    }
    const tiedNegatives = to - from - tiedPositives
    const above = (seenNegatives + tiedNegatives / 2) / negatives
    const below = (positives - seenPositives - tiedPositives / 2) / positives
    for (let k = from; k < to; k++) {
      const owner = owners[order[k]!]!
      if (labels[order[k]!]!) {
        sums.aucPositives[owner]! += 1
        sums.aucAbove[owner]! += above
      } else {
        sums.aucNegatives[owner]! += 1
        sums.aucBelow[owner]! += below
      }
    }
    pairs += tiedPositives * (seenNegatives + tiedNegatives / 2)
    seenPositives += tiedPositives
    seenNegatives += tiedNegatives
    from = to
  }
  return { auc: pairs / (positives * negatives), sums }
}

function rate(events = 0, seconds = 0): { eventsPerSecond?: number } {
  return seconds > 0 ? { eventsPerSecond: events / seconds } : {}
}

function scaled(values: Float64Array, by: number): number[] {
  return Array.from(values, value => by * value)
}

function sum(values: Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}
