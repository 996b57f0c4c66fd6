import type { Random } from '../../state/random.ts'

/** Points row by row, `size` numbers each. */
export interface Points {
  readonly values: Float32Array
  readonly size: number
  readonly count: number
}

/**
 * Centres of `clusters` groups of points, row by row: Lloyd's algorithm, begun by k-means++ (Arthur and Vassilvitskii 2007).
 *
 *     const centres = kMeans(points, { clusters: 12, rounds: 20, random })
 *     nearest(centres, points.size, points.values, 0)   // the first point's cluster
 *
 * There are fewer centres where there are fewer different points. With `start` it goes on from those centres instead of
 * beginning anew, and adds only what they lack, so that a cluster keeps its number; a centre that has lost all points stays.
 */
export function kMeans(
  points: Points,
  { clusters, rounds, random, start }: { clusters: number; rounds: number; random: Random; start?: Float32Array },
): Float32Array<ArrayBuffer> {
  const { values, size, count } = points
  const centres = spreadCentres(points, start ?? new Float32Array(0), clusters, random)
  const held = centres.length / size
  for (let round = 0; round < rounds; round++) {
    const sums = new Float64Array(held * size)
    const counts = new Int32Array(held)
    for (let point = 0; point < count; point++) {
      const cluster = nearest(centres, size, values, point)
      counts[cluster]! += 1
      for (let k = 0; k < size; k++) sums[cluster * size + k]! += values[point * size + k]!
    }
    for (let i = 0; i < sums.length; i++) {
      const members = counts[Math.floor(i / size)]!
      if (members > 0) centres[i] = sums[i]! / members
    }
  }
  return centres
}

/** The centre nearest to a point, the lower number among equals; 0 where there are no centres. */
export function nearest(centres: Float32Array, size: number, values: Float32Array, point: number): number {
  let best = 0
  let least = Infinity
  for (let cluster = 0; cluster * size < centres.length; cluster++) {
    const distance = squaredDistance(centres, cluster, values, point, size)
    if (distance < least) {
      least = distance
      best = cluster
    }
  }
  return best
}

/** To `start`, points drawn one after the other, each with a probability that grows with its squared distance to the rest. */
function spreadCentres(
  { values, size, count }: Points,
  start: Float32Array,
  clusters: number,
  random: Random,
): Float32Array<ArrayBuffer> {
  const centres = new Float32Array(clusters * size)
  centres.set(start)
  let held = start.length / size
  const distances = new Float64Array(count).fill(Infinity)
  let total = Infinity
  const draw = (): number => {
    if (total === Infinity) return random.integer(count)
    let left = random.uniform() * total
    const point = distances.findIndex(distance => (left -= distance) < 0)
    return point >= 0 ? point : distances.findLastIndex(distance => distance > 0) // where rounding leaves some unspent
  }
  const measure = (cluster: number): void => {
    total = 0
    for (let point = 0; point < count; point++) {
      distances[point] = Math.min(distances[point]!, squaredDistance(centres, cluster, values, point, size))
      total += distances[point]!
    }
  }
  for (let cluster = 0; cluster < held; cluster++) measure(cluster)
  while (count > 0 && held < clusters && total > 0) {
    const point = draw()
    centres.set(values.subarray(point * size, (point + 1) * size), held * size)
    measure(held)
    held += 1
  }
  return centres.slice(0, held * size)
}

function squaredDistance(a: Float32Array, rowA: number, b: Float32Array, rowB: number, size: number): number {
  let sum = 0
  for (let k = 0; k < size; k++) sum += (a[rowA * size + k]! - b[rowB * size + k]!) ** 2
  return sum
}
