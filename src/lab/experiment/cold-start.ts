import { type Collect, collectScores } from './collect.ts'
import type { Curve, Experiment } from './experiment.ts'
import { learnerTrial } from './learner-trial.ts'
import { onePass, policyTrials } from './policy-trial.ts'
import type { Ratings } from './ratings.ts'

/** Where the classes of "so many events before" begin. */
const classes = [0, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500]

/**
 * The error on users and items of whom little is known: prequential, by the number of earlier events of the user, and of
 * the item.
 *
 *     npx recstream experiment cold-start --source ml-100k
 */
export const coldStart: Experiment = {
  name: 'cold-start',
  summary: 'the error by the number of earlier events of the user and of the item',
  pipeline: 'movielens',
  trials: ({ definition: { scale }, seeds }) => [
    ...onePass(scale.kind).flatMap(each => policyTrials(each, seeds, { collect: collectByEarlier })),
    ...seeds.map(seed => learnerTrial(seed, { collect: collectByEarlier }, scale)),
  ],
}

const collectByEarlier: Collect = context => {
  const { definition, ratings } = context
  const whole = collectScores(context)
  const users = byEarlier('user', ratings)
  const items = byEarlier('item', ratings)
  const { scale } = definition
  const rated = scale.kind === 'rating'
  // Squared error on the scale of ratings, or the cross-entropy of a watch reward.
  const range = rated ? scale.max - scale.min : 1
  const loss = (predicted: number, reward: number): number => {
    if (rated) return (range * (predicted - reward)) ** 2
    const clipped = Math.min(1 - 1e-4, Math.max(1e-4, predicted))
    return -reward * Math.log(clipped) - (1 - reward) * Math.log(1 - clipped)
  }
  const curve = (means: number[], xLabel: string): Curve => ({
    x: [...classes],
    y: rated ? means.map(Math.sqrt) : means,
    ...{ xLabel, yLabel: rated ? 'RMSE' : 'Log loss', xScale: 'log' },
  })
  return {
    add(row, predicted) {
      const lost = loss(predicted, ratings.reward[row]!)
      whole.add(row, predicted)
      users.add(row, lost)
      items.add(row, lost)
    },
    result: () => ({
      ...whole.result(),
      curves: {
        'By what is known of the user': curve(users.means(), 'earlier events of the user, at least'),
        'By what is known of the item': curve(items.means(), 'earlier events of the item, at least'),
      },
      notes: [users.note(), items.note()],
    }),
  }
}

/** Means of a loss by how many events of the same user or item came before. */
function byEarlier(whose: 'user' | 'item', ratings: Ratings) {
  const slots = ratings[whose]
  const seen = new Int32Array((whose === 'user' ? ratings.userIds : ratings.itemIds).length)
  const counts = new Float64Array(classes.length)
  const sums = new Float64Array(classes.length)
  return {
    /** Once per row, in order of time. */
    add(row: number, loss: number) {
      const earlier = seen[slots[row]!]!++
      const at = classes.findLastIndex(begin => earlier >= begin)
      counts[at]! += 1
      sums[at]! += loss
    },
    means: () => classes.map((_, at) => sums[at]! / counts[at]!),
    note: () =>
      `Events by earlier events of the ${whose}: ${classes.map((begin, at) => `${begin}+: ${counts[at]}`).join(', ')}.`,
  }
}
