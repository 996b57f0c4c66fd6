import { purposes, type World } from '../../../agents/ddpg-la/paper/world.ts'
import { gapFeature } from '../../../predictors/ensemble/gap-feature.ts'
import type { Ratings } from '../ratings.ts'

/**
 * The paper's protocol: the first 80% of each user's events (by time) train, the rest test, and nothing learns from them.
 *
 * The last tenth of each user's training part is kept from the weights: it picks the round to report.
 */
export function paperWorld(ratings: Ratings): World {
  const { length, user, item, reward, time } = ratings
  const users = ratings.userIds.length
  const counts = new Int32Array(users)
  for (const each of user) counts[each]! += 1
  const seen = new Int32Array(users)
  const purpose = new Uint8Array(length)
  const gap = new Float32Array(length)
  const before = new Float64Array(users).fill(Number.NaN)
  for (let row = 0; row < length; row++) {
    const [who, position] = [user[row]!, seen[user[row]!]!]
    const train = Math.floor(0.8 * counts[who]!)
    const fit = train - Math.floor(0.1 * train)
    purpose[row] = position < fit ? purposes.fit : position < train ? purposes.validation : purposes.test
    gap[row] = gapFeature(time[row]! - before[who]!)
    before[who] = time[row]!
    seen[who] = position + 1
  }
  const [first, last] = [time[0] ?? 0, time[length - 1] ?? 1]
  return {
    users,
    items: ratings.itemIds.length,
    userFeatures: features(ratings.userTokens, ratings.userIds.length),
    itemFeatures: features(ratings.itemTokens, ratings.itemIds.length),
    user,
    item,
    reward: Float32Array.from(reward),
    time: Float32Array.from(time, each => (each - first) / Math.max(1, last - first)),
    gap,
    purpose,
  }
}

/**
 * A dense row for each slot: its id as a share of all ids, then its features. Names whose values are all numbers give one
 * column between 0 and 1 (year), the others one column for each value (genre, gender, age band, occupation), or one in all
 * where there are more than 64 (an author), which is treated like the id.
 *
 *     features([['gender=F', 'year=1994'], ['gender=M', 'year=1998']], 2)   // [0, 1, 0, 0,  .5, 0, 1, 1]
 */
export function features(tokens: readonly (readonly string[])[], slots: number): Float32Array {
  const values = new Map<string, Set<string>>()
  for (const list of tokens) {
    for (const token of list) {
      const [name, value] = split(token)
      // A decade says nothing that the year does not.
      if (name !== 'decade') values.set(name, (values.get(name) ?? new Set()).add(value))
    }
  }
  // By token: its column, and the number that stands there.
  const places = new Map<string, { column: number; value: number }>()
  let width = 1
  for (const [name, all] of [...values].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sorted = [...all].sort()
    const numbers = sorted.map(Number)
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
    const numeric = numbers.every(Number.isFinite)
    const shared = numeric || sorted.length > 64
    sorted.forEach((value, k) => {
      const share = numeric ? (numbers[k]! - least) / Math.max(1, most - least) : k / sorted.length
      places.set(`${name}=${value}`, shared ? { column: width, value: share } : { column: width + k, value: 1 })
    })
    width += shared ? 1 : sorted.length
  }
  const rows = new Float32Array(slots * width)
  for (let slot = 0; slot < slots; slot++) {
    rows[slot * width] = slot / slots
    for (const token of tokens[slot] ?? []) {
      const place = places.get(split(token).join('='))
      if (place !== undefined) rows[slot * width + place.column] = place.value
    }
  }
  return rows
}

function split(token: string): [name: string, value: string] {
  const at = token.indexOf('=')
  return at < 0 ? ['', token] : [token.slice(0, at), token.slice(at + 1)]
}
