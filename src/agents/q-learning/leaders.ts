/** Of every cluster the best item that is left. */
export interface Leaders {
  /** Clusters that have items left, in rising order. */
  readonly open: readonly number[]
  /** The cluster's best item, the lower number among equals; −1 if none is left. */
  item(cluster: number): number
  /** Take the cluster's best item out, so that the next best one leads. */
  take(cluster: number): void
}

/**
 * The best allowed items by cluster, each scored once.
 *
 *     const leaders = leadersOf(600, 12, item => labels[item]!, allowed, score)
 *     leaders.item(3)   // 71
 *     leaders.take(3); leaders.item(3)   // 8
 */
export function leadersOf(
  items: number,
  clusters: number,
  clusterOf: (item: number) => number,
  allowed: (item: number) => boolean,
  score: (item: number) => number,
): Leaders {
  const members: { item: number; score: number }[][] = Array.from({ length: clusters }, () => [])
  const leaders = new Int32Array(clusters).fill(-1)
  const best = new Float64Array(clusters).fill(-Infinity)
  for (let item = 0; item < items; item++) {
    if (!allowed(item)) continue
    const cluster = clusterOf(item)
    const value = score(item)
    members[cluster]!.push({ item, score: value })
    if (leaders[cluster]! >= 0 && !(value > best[cluster]!)) continue
    best[cluster] = value
    leaders[cluster] = item
  }
  const open = () => [...leaders.keys()].filter(cluster => leaders[cluster]! >= 0)
  let clustersLeft = open()
  return {
    get open() {
      return clustersLeft
    },
    item: cluster => leaders[cluster]!,
    take(cluster) {
      const left = members[cluster]!.filter(({ item }) => item !== leaders[cluster])
      members[cluster] = left
      leaders[cluster] = -1
      let bar = -Infinity
      for (const { item, score: value } of left) {
        if (leaders[cluster]! >= 0 && !(value > bar)) continue
        bar = value
        leaders[cluster] = item
      }
      clustersLeft = open()
    },
  }
}
