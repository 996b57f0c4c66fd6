import { product, type Strips, stripRows, stripsOfRows } from '../../nn/forward-product.ts'
import type { Parameters } from '../../nn/parameters.ts'
import type { Catalogue } from '../catalogue.ts'
import { forwardDense } from '../interest/forward-dense.ts'
import type { TowerShapes } from '../interest/heads.ts'

/** t(i) of every item in plain arrays, kept until the catalogue or the tower changes. */
export interface ItemRows {
  load(tower: Parameters<TowerShapes>): void
  /** base + weight · t(i) of every item; good until the next call. */
  scores(weight: Float64Array, base: number): Float32Array
}

export function itemRows(catalogue: Catalogue): ItemRows {
  const size = catalogue.itemSize
  let dense: ReturnType<typeof forwardDense> | null = null
  let units = 0
  let rows = new Float32Array(0)
  let matrix: Strips = stripsOfRows(rows, 0)
  let scores = new Float32Array(0)
  let start = new Float64Array(0)
  let sums = new Float64Array(0)
  let version = -1
  let count = 0

  const refresh = () => {
    if (version === catalogue.version && count === catalogue.itemCount) return
    version = catalogue.version
    count = catalogue.itemCount
    const vectors = catalogue.itemVectors()
    const vector = new Float64Array(size)
    const learned = new Float64Array(dense!.width)
    const width = size + units + 1
    if (scores.length !== count) {
      rows = new Float32Array(count * width)
      scores = new Float32Array(count)
      start = new Float64Array(stripRows(count))
      sums = new Float64Array(start.length)
    }
    for (let item = 0; item < count; item++) {
      vector.set(vectors.subarray(item * size, (item + 1) * size))
      dense!.run(vector, learned)
      rows.set(vector, item * width)
      for (let k = 0; k < units; k++) rows[item * width + size + k] = learned[k]!
      rows[item * width + width - 1] = 1
    }
    matrix = stripsOfRows(rows, width, matrix)
  }

  return {
    load(tower) {
      units = tower.shapes.learned[1]
      dense ??= forwardDense(size, units, true)
      dense.load(tower.view('learned'), tower.view('learnedBias'))
      version = -1
    },
    scores(weight, base) {
      refresh()
      product(matrix, weight, start.fill(base), sums)
      for (let item = 0; item < count; item++) scores[item] = sums[item]!
      return scores
    },
  }
}
