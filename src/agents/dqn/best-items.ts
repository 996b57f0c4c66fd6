import type { Tensor2D } from '@tensorflow/tfjs-core'
import { kernelsOf } from '../../nn/kernels/kernels-of.ts'
import type { TensorFlow } from '../../nn/tensorflow.ts'
import type { Transitions } from '../interest/transitions.ts'

/**
 * The item that is worth most, of those that may be shown at each of these places; the lower slot first among equals.
 *
 *     bestItems(tf, memory, places, { base, weight, towers, exclude: 100 })   // → Int32Array, [B]
 *
 * Worth is base + weight · tower. Shapes: base [B, 1], weight [B, K], towers [I, K].
 */
export function bestItems(
  tf: TensorFlow,
  { eachBarred }: Pick<Transitions, 'eachBarred'>,
  places: Int32Array,
  { base, weight, towers, exclude }: { base: Tensor2D; weight: Tensor2D; towers: Tensor2D; exclude: number },
): Int32Array {
  const kernels = kernelsOf(tf)
  const shares = kernels.product(weight, towers, false, true) // [B, I]
  const best = new Int32Array(places.length)
  const row = new Float32Array(towers.shape[0])
  kernels.compute([base, shares], [], ([base, shares]) => {
    for (let b = 0, from = 0; b < places.length; b++) {
      for (let item = 0; item < row.length; item++) row[item] = base![b]! + shares![from++]!
      eachBarred(places[b]!, exclude, item => {
        row[item] = -Infinity
      })
      let top = 0
      for (let item = 1; item < row.length; item++) if (row[item]! > row[top]!) top = item
      best[b] = top
    }
  })
  return best
}
