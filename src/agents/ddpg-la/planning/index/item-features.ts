import { spreadOf } from '../../../../state/spread.ts'
import type { Catalogue } from '../../../catalogue.ts'

/** Features of an item as they depend on nobody, worked out anew when the catalogue changes. */
export interface ItemFeatures {
  /** T, numbers in an item's shares. */
  readonly themes: number
  /** ĉ: log count less its regression on the item's bias, standardised, within ±2. [items] */
  readonly popularity: Float64Array
  /** Shares of item i lie at starts[i] … starts[i + 1] − 1 of `places` and `shares`. */
  readonly starts: Int32Array
  readonly places: Int32Array
  readonly shares: Float64Array
  /** ḡ, the mean of all items' shares. [T] */
  readonly meanShares: Float64Array
  /** e^(−days since an item was first met / 7), 0 where that is not known. */
  newness(item: number, time: number): number
  /** Bring all of it up to the catalogue of now. */
  refresh(): void
}

const weekMs = 7 * 86_400_000

export function itemFeatures(catalogue: Catalogue): ItemFeatures {
  const themes = catalogue.itemFacts().shareSize
  let [version, count] = [-1, -1]
  let popularity: Float64Array = new Float64Array(0)
  let starts = new Int32Array(1)
  let places = new Int32Array(0)
  let shares = new Float64Array(0)
  let since = new Float64Array(0) as Float64Array
  const meanShares = new Float64Array(themes)

  const spreadShares = (rows: Float32Array) => {
    starts = new Int32Array(count + 1)
    const held = rows.subarray(0, count * themes).reduce((sum, share) => sum + (share > 0 ? 1 : 0), 0)
    places = new Int32Array(held)
    shares = new Float64Array(held)
    meanShares.fill(0)
    let at = 0
    for (let item = 0; item < count; item++) {
      for (let theme = 0; theme < themes; theme++) {
        const share = rows[item * themes + theme]!
        if (share <= 0) continue
        places[at] = theme
        shares[at++] = share
        meanShares[theme]! += share / count
      }
      starts[item + 1] = at
    }
  }

  return {
    themes,
    meanShares,
    get popularity() {
      return popularity
    },
    get starts() {
      return starts
    },
    get places() {
      return places
    },
    get shares() {
      return shares
    },
    newness(item, time) {
      const first = since[item]!
      return Number.isNaN(first) ? 0 : Math.exp(-Math.max(0, time - first) / weekMs)
    },
    refresh() {
      const facts = catalogue.itemFacts()
      since = facts.since
      if (version === facts.version && count === catalogue.itemCount) return
      version = facts.version
      count = catalogue.itemCount
      popularity = residualPopularity(facts.met.subarray(0, count), facts.bias.subarray(0, count))
      spreadShares(facts.shares)
    },
  }
}

/** What is left of log counts when a line on the items' biases is taken away. */
function residualPopularity(met: Float32Array, bias: Float32Array): Float64Array {
  const logs: Float64Array = Float64Array.from(met, count => Math.log1p(count))
  const line = Float64Array.from(bias)
  const [x, y] = [spreadOf(line), spreadOf(logs)]
  let product = 0
  for (let item = 0; item < logs.length; item++) product += (line[item]! - x.mean) * (logs[item]! - y.mean)
  const slope = x.deviation < 1e-6 ? 0 : product / logs.length / x.deviation ** 2
  const left = logs.map((log, item) => log - y.mean - slope * (line[item]! - x.mean))
  const { mean, deviation } = spreadOf(left)
  if (!(deviation > 1e-6)) return left.fill(0)
  return left.map(each => Math.min(2, Math.max(-2, (each - mean) / deviation)))
}
