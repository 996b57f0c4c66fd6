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
  let scores = new Float32Array(0)
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
    rows = new Float32Array(count * width)
    scores = new Float32Array(count)
    for (let item = 0; item < count; item++) {
      vector.set(vectors.subarray(item * size, (item + 1) * size))
      dense!.run(vector, learned)
      rows.set(vector, item * width)
      rows.set(learned.subarray(0, units), item * width + size)
      rows[item * width + width - 1] = 1
    }
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
      const width = size + units + 1
      for (let item = 0, at = 0; item < count; item++) {
        let sum = base
        for (let k = 0; k < width; k++) sum += weight[k]! * rows[at++]!
        scores[item] = sum
      }
      return scores
    },
  }
}
