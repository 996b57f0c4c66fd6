import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { baselines } from '../../../src/predictors/baselines/registry.ts'

const file = new URL('../../../../shared/data/ml-100k/u.data', import.meta.url)
const here = existsSync(file)
if (!here)
  console.warn(
    'SKIPPED: MovieLens 100K is not at ../shared/data/ml-100k, so baselines are not compared on real ratings.',
  )

/** What scikit-surprise 1.1.5 gives with random_state 0: RMSE and MAE on each user's last fifth. */
const surprise: [string, number, number][] = [
  ['mean', 1.2079, 1.0039],
  ['knn-basic', 1.0364, 0.821],
  ['knn-with-means', 1.0057, 0.7956],
  ['knn-baseline', 0.9791, 0.7749],
  ['svd', 0.9858, 0.7807],
  ['nmf', 1.0236, 0.8089],
  ['svd++', 0.9665, 0.763],
]

/** Ratings in order of time, and how many of each user's train. */
function read() {
  const rows = readFileSync(file, 'latin1')
    .trim()
    .split('\n')
    .map(line => line.split('\t').map(Number) as [number, number, number, number])
    .sort((a, b) => a[3] - b[3])
  const left = new Int32Array(1000)
  for (const [user] of rows) left[user]! += 1
  for (let user = 0; user < left.length; user++) left[user] = Math.floor(0.8 * left[user]!)
  const trains = rows.map(([user]) => left[user]!-- > 0)
  return { train: rows.filter((_, row) => trains[row]), rest: rows.filter((_, row) => !trains[row]) }
}

const data = here ? read() : null

test.skipIf(!here).each(surprise)(
  '%s has the errors of scikit-surprise on MovieLens 100K',
  (name, rmse, mae) => {
    const { train, rest } = data!
    const policy = baselines.find(each => each.name === name)!.create({ seed: 0 })
    for (let slot = 0; slot < 1700; slot++) {
      policy.resetUser(slot, slot)
      policy.resetItem(slot, slot)
    }
    for (const [user, item, rating] of train) policy.learn(user, item, (rating - 1) / 4, 0)
    policy.fit?.()
    const errors = rest.map(([user, item, rating]) => 1 + 4 * policy.predict(user, item, 0) - rating)
    expect(Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length)).toBeCloseTo(rmse, 3)
    expect(errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length).toBeCloseTo(mae, 3)
  },
  30_000,
)
