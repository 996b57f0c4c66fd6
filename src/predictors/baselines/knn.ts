import type { SavedArrays } from '../../state/saved-arrays.ts'
import { alsBiases, biasEstimate } from './baseline-only.ts'
import type { BatchMethod, Model } from './batch-policy.ts'
import { msdRows } from './msd-rows.ts'
import { type Grouped, grouped, groupOfEach, type Trainset } from './trainset.ts'

export type KnnKind = 'basic' | 'with-means' | 'baseline'

const knnDefaults = { neighbours: 40, minNeighbours: 1, rowFloats: 16_777_216 }

/**
 * What the users most like this one, by mean squared difference, made of the item: c_ui + Σ sim · (r_vi − c_vi) / Σ sim,
 * with c = 0 (basic), the user's mean (with-means) or ALS biases (baseline); KNNBasic, KNNWithMeans and KNNBaseline of
 * scikit-surprise (Koren, Factor in the Neighbors, 2010, §2.2).
 *
 * An offline baseline: a user's similarities to all others are worked out when that user is first asked about, and
 * `rowFloats` bounds how many of them are kept.
 */
export function knn(kind: KnnKind, given: Partial<typeof knnDefaults> = {}): BatchMethod {
  const options = { ...knnDefaults, ...given }
  return {
    name: `knn-${kind}`,
    *train(set) {
      const centre = centreOf(kind, set)
      yield 1
      return modelOf(kind, set.byItem, centre, options)
    },
    restore: arrays =>
      modelOf(
        kind,
        {
          start: arrays['start'] as Int32Array,
          other: arrays['other'] as Int32Array,
          rating: arrays['rating'] as Float32Array,
        },
        {
          mean: arrays['mean']![0]!,
          base: arrays['base']![0]!,
          user: arrays['userCentre'] as Float64Array,
          item: arrays['itemCentre'] as Float64Array,
        },
        options,
      ),
  }
}

/** What is taken off a rating: base + user + item. */
interface Centre {
  /** Mean of all ratings. */
  mean: number
  base: number
  user: Float64Array
  item: Float64Array
}

function centreOf(kind: KnnKind, set: Trainset): Centre {
  const { mean } = set
  if (kind === 'baseline') return { base: mean, ...alsBiases(set) }
  const user = new Float64Array(set.users)
  if (kind === 'with-means')
    for (let u = 0; u < set.users; u++) {
      const [from, to] = [set.byUser.start[u]!, set.byUser.start[u + 1]!]
      user[u] = set.byUser.rating.subarray(from, to).reduce((sum, rating) => sum + rating, 0) / (to - from)
    }
  return { mean, base: 0, user, item: new Float64Array(set.items) }
}

function modelOf(kind: KnnKind, byItem: Grouped, centre: Centre, options: typeof knnDefaults): Model {
  const byUser = grouped(byItem.other, groupOfEach(byItem), byItem.rating, centre.user.length)
  const similarities = msdRows(byUser, byItem, options.rowFloats)
  const nearest = nearestOf(options.neighbours)
  const save = (): SavedArrays => ({
    ...byItem,
    mean: Float64Array.of(centre.mean),
    base: Float64Array.of(centre.base),
    userCentre: centre.user,
    itemCentre: centre.item,
  })

  return {
    estimate(u, i) {
      if (u < 0 || i < 0)
        return kind === 'baseline'
          ? biasEstimate({ mean: centre.mean, user: centre.user, item: centre.item }, u, i)
          : centre.mean
      const count = nearest.find(similarities(u), byItem, i)
      let [weights, sum, actual] = [0, 0, 0]
      for (let n = 0; n < count; n++) {
        const similarity = nearest.similarity[n]!
        if (similarity <= 0) break
        const k = nearest.entry[n]!
        weights += similarity
        sum += similarity * (byItem.rating[k]! - (centre.base + centre.user[byItem.other[k]!]! + centre.item[i]!))
        actual += 1
      }
      const enough = actual >= options.minNeighbours && weights > 0
      if (kind === 'basic' && !enough) return centre.mean
      return centre.base + centre.user[u]! + centre.item[i]! + (enough ? sum / weights : 0)
    },
    save,
  }
}

/** The `most` users of an item with the largest similarities, largest first; of equals, who rated first. */
function nearestOf(most: number) {
  const similarity = new Float64Array(most)
  const entry = new Int32Array(most)
  return {
    similarity,
    entry,
    find(row: Float32Array, { start, other }: Grouped, item: number): number {
      let count = 0
      for (let k = start[item]!; k < start[item + 1]!; k++) {
        const is = row[other[k]!]!
        if (count === most && is <= similarity[most - 1]!) continue
        let at = count < most ? count++ : most - 1
        for (; at > 0 && similarity[at - 1]! < is; at--) {
          similarity[at] = similarity[at - 1]!
          entry[at] = entry[at - 1]!
        }
        similarity[at] = is
        entry[at] = k
      }
      return count
    },
  }
}
