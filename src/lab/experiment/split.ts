import type { Ratings } from './ratings.ts'

/** Rows of `Ratings`, each part in order of time. */
export interface Split {
  readonly train: Int32Array
  readonly test: Int32Array
}

/**
 * Each user's first ⌊share · n⌋ events train, the rest test: the protocol of the paper, §4.
 *
 *     const { train, test } = perUserSplit(ratings, 0.8)   // a user of 5 events: 4 and 1; of 1 event: 0 and 1
 */
export function perUserSplit(ratings: Pick<Ratings, 'length' | 'user'>, share = 0.8): Split {
  const users = ratings.user.reduce((most, user) => Math.max(most, user + 1), 0)
  const left = new Int32Array(users)
  for (const user of ratings.user) left[user]! += 1
  for (let user = 0; user < users; user++) left[user] = Math.floor(share * left[user]!)
  const train = new Int32Array(left.reduce((sum, events) => sum + events, 0))
  const test = new Int32Array(ratings.length - train.length)
  let [trained, tested] = [0, 0]
  for (let row = 0; row < ratings.length; row++) {
    const user = ratings.user[row]!
    if (left[user]! > 0) {
      left[user]! -= 1
      train[trained++] = row
    } else {
      test[tested++] = row
    }
  }
  return { train, test }
}
