import type { Random } from '../../state/random.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'
import type { Catalogue } from '../catalogue.ts'
import { kMeans, nearest } from './k-means.ts'

/** Which items and which users are alike. */
export interface Clusters {
  /** The item's cluster; an item that came since clusters were last worked out belongs to the nearest. */
  ofItem(item: number): number
  ofUser(user: number): number
  /** How well an item's vector fits a user's taste, in standard deviations over all users and items. */
  standardised(fit: number): number
  /** Another event was learned from: users are sampled, and at times clusters are worked out again. */
  learn(user: number): void
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

interface ClusterOptions {
  itemClusters: number
  userClusters: number
  /** Events between two times clusters are worked out, once so many have come; until then at 256, 512, 1024, … events. */
  reclusterEvery: number
}

/** Users whose numbers are remembered to find clusters among them; every eighth event, by chance, gives one. */
const sampled = 512
const sampledShare = 1 / 8
const firstAt = 256
const rounds = 20

/**
 * k-means over item vectors and over users' profiles and tastes.
 *
 * Items are clustered when the agent is made, if any are there; users when some have been seen. Both are worked out again
 * when the number of events has doubled, items only if the catalogue has changed. They start from the centres they had, so
 * that a cluster's number goes on to mean what was learned of it.
 */
export function createClusters(catalogue: Catalogue, options: ClusterOptions, random: Random): Clusters {
  const { itemSize, profileSize } = catalogue
  const userSize = profileSize + itemSize
  const now = new Float32Array(userSize)
  let itemCentres = new Float32Array(0)
  let userCentres = new Float32Array(0)
  let labels = new Int32Array(0)
  const sample = new Float32Array(sampled * userSize)
  /** Events learned from, users sampled, the catalogue's version and the mean and deviation of fits as of the last time. */
  const counts = Float64Array.of(0, 0, -1, 0, 1)

  const readUser = (user: number): Float32Array => {
    catalogue.readProfile(user, now.subarray(0, profileSize))
    catalogue.readTaste(user, now.subarray(profileSize))
    return now
  }

  const clusterItems = (): void => {
    const { itemCount: count, version } = catalogue
    if (version === counts[2] && labels.length === count) return
    const points = { values: catalogue.itemVectors(), size: itemSize, count }
    itemCentres = kMeans(points, { clusters: options.itemClusters, rounds, random, start: itemCentres })
    labels = Int32Array.from({ length: count }, (_, item) => nearest(itemCentres, itemSize, points.values, item))
    counts[2] = version
  }

  const clusterUsers = (): void => {
    const points = { values: sample, size: userSize, count: Math.min(counts[1]!, sampled) }
    userCentres = kMeans(points, { clusters: options.userClusters, rounds, random, start: userCentres })
    const { mean, deviation } = momentsOfFits(catalogue, points, profileSize)
    counts[3] = mean
    counts[4] = deviation
  }

  const due = (events: number): boolean =>
    events >= options.reclusterEvery
      ? events % options.reclusterEvery === 0
      : events >= firstAt && Number.isInteger(Math.log2(events / firstAt))

  clusterItems()
  return {
    ofItem: item => labels[item] ?? nearest(itemCentres, itemSize, catalogue.itemVectors(), item),
    ofUser: user => (userCentres.length === 0 ? 0 : nearest(userCentres, userSize, readUser(user), 0)),
    standardised: fit => (fit - counts[3]!) / counts[4]!,
    learn(user) {
      if (random.uniform() < sampledShare) {
        sample.set(readUser(user), (counts[1]! % sampled) * userSize)
        counts[1]! += 1
      }
      counts[0]! += 1
      if (!due(counts[0]!)) return
      clusterItems()
      clusterUsers()
    },
    save: () => ({
      itemCentres: itemCentres.slice(),
      userCentres: userCentres.slice(),
      labels: labels.slice(),
      sample: sample.slice(),
      // The catalogue counts its versions from each start on: what is kept is whether items were clustered as of now.
      counts: counts.map((each, k) => (k !== 2 ? each : each === catalogue.version ? current : -1)),
    }),
    restore(arrays) {
      itemCentres = arrays['itemCentres']!.slice() as Float32Array<ArrayBuffer>
      userCentres = arrays['userCentres']!.slice() as Float32Array<ArrayBuffer>
      labels = arrays['labels']!.slice() as Int32Array<ArrayBuffer>
      sample.set(arrays['sample']!)
      counts.set(arrays['counts']!)
      counts[2] = counts[2] === current ? catalogue.version : -1
    },
  }
}

/** Mean and standard deviation of taste · vector over the sampled users and about two hundred items. */
function momentsOfFits(
  catalogue: Catalogue,
  users: { values: Float32Array; size: number; count: number },
  from: number,
) {
  const { itemSize, itemCount } = catalogue
  const vectors = catalogue.itemVectors()
  const stride = Math.max(1, Math.floor(itemCount / 200))
  let [sum, squares, n] = [0, 0, 0]
  for (let user = 0; user < users.count; user++) {
    for (let item = 0; item < itemCount; item += stride) {
      let fit = 0
      for (let k = 0; k < itemSize; k++)
        fit += users.values[user * users.size + from + k]! * vectors[item * itemSize + k]!
      sum += fit
      squares += fit * fit
      n += 1
    }
  }
  if (n === 0) return { mean: 0, deviation: 1 }
  const mean = sum / n
  return { mean, deviation: Math.sqrt(Math.max(0, squares / n - mean * mean)) || 1 }
}

/** What stands in saved counts for the catalogue's version where it is that of the clusters; a catalogue's own is never this. */
const current = 0
