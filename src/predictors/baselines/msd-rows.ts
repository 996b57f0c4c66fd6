import type { Grouped } from './trainset.ts'

/**
 * Similarity of a user to every user: 1 / (1 + mean squared difference of what both rated), 0 where nothing is shared.
 *
 *     const similarities = msdRows(byUser, byItem, 1_000_000)
 *     similarities(3)[5]   // how alike users 3 and 5 are
 *
 * Rows are kept until they hold more than `floats` numbers, then the oldest is dropped and worked out again at need. A row
 * is valid until the next call.
 */
export function msdRows(byUser: Grouped, byItem: Grouped, floats: number): (user: number) => Float32Array {
  const users = byUser.start.length - 1
  const most = Math.max(1, Math.floor(floats / users))
  const rows = new Map<number, Float32Array>()
  const squares = new Float64Array(users)
  const shared = new Int32Array(users)

  const compute = (user: number, row: Float32Array) => {
    squares.fill(0)
    shared.fill(0)
    for (let k = byUser.start[user]!; k < byUser.start[user + 1]!; k++) {
      const item = byUser.other[k]!
      for (let n = byItem.start[item]!; n < byItem.start[item + 1]!; n++) {
        const difference = byUser.rating[k]! - byItem.rating[n]!
        squares[byItem.other[n]!]! += difference * difference
        shared[byItem.other[n]!]! += 1
      }
    }
    for (let v = 0; v < users; v++) row[v] = shared[v] === 0 ? 0 : 1 / (squares[v]! / shared[v]! + 1)
  }

  return user => {
    const found = rows.get(user)
    if (found !== undefined) return found
    let row: Float32Array
    if (rows.size < most) row = new Float32Array(users)
    else {
      const [oldest, freed] = rows.entries().next().value!
      rows.delete(oldest)
      row = freed
    }
    compute(user, row)
    rows.set(user, row)
    return row
  }
}
