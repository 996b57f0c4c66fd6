import type { Tensor2D } from '@tensorflow/tfjs-core'
import { dense, perceptron, weightsBack } from '../../nn/dense.ts'
import { kernelsOf } from '../../nn/kernels/kernels-of.ts'
import { operation } from '../../nn/operation.ts'
import { fillNormal, type Parameters, type Weights } from '../../nn/parameters.ts'
import type { TensorFlow } from '../../nn/tensorflow.ts'
import type { Random } from '../../state/random.ts'
import { spread } from './encoder.ts'

/** Units of the hidden layer of every head. */
const headUnits = 64

/**
 * A direction in item space that starts from what a factorisation knows: φ(s) = W₂·relu(W₁·s + b₁) + b₂ + α(s)·taste.
 *
 * Shapes: S state, D item vector, K output ≥ D; the taste is added to the first D numbers.
 */
export const directionShapes = (state: number, output: number) =>
  ({
    first: [state, headUnits],
    firstBias: [1, headUnits],
    second: [headUnits, output],
    secondBias: [1, output],
    anchor: [state, 1],
    anchorBias: [1, 1],
  }) as const
export type DirectionShapes = ReturnType<typeof directionShapes>

/** `scale` is how large the residual starts beside the anchor, `anchor` is α's first value. */
export function fillDirection(
  parameters: Parameters<DirectionShapes>,
  start: { scale: number; anchor: number },
  random: Random,
): void {
  const [state] = parameters.shapes.first
  fillNormal(parameters.view('first'), spread(state), random)
  fillNormal(parameters.view('second'), start.scale * spread(headUnits), random)
  parameters.view('anchorBias').fill(start.anchor)
}

/** φ(s), [B, K], for states [B, S] and tastes [B, D]. */
export function direction(
  tf: TensorFlow,
  weights: Weights<DirectionShapes>,
  state: Tensor2D,
  taste: Tensor2D,
): Tensor2D {
  const residual = perceptron(tf, state, weights) // [B, K]
  const anchored = tf.mul(dense(tf, state, weights.anchor, weights.anchorBias, false), taste) as Tensor2D // [B, D]
  const beyond = residual.shape[1] - taste.shape[1]
  if (beyond === 0) return tf.add(residual, anchored)
  return tf.add(
    residual,
    tf.pad2d(anchored, [
      [0, 0],
      [0, beyond],
    ]),
  ) // [B, K]
}

/** V(s) = w₂·relu(W₁·s + b₁) + b₂. */
export const valueShapes = (state: number) =>
  ({
    first: [state, headUnits],
    firstBias: [1, headUnits],
    second: [headUnits, 1],
    secondBias: [1, 1],
  }) as const
export type ValueShapes = ReturnType<typeof valueShapes>

export function fillValue(parameters: Parameters<ValueShapes>, random: Random): void {
  fillNormal(parameters.view('first'), spread(parameters.shapes.first[0]), random)
  fillNormal(parameters.view('second'), spread(headUnits), random)
}

/** V(s), [B, 1]. */
export const value = (tf: TensorFlow, weights: Weights<ValueShapes>, state: Tensor2D): Tensor2D =>
  perceptron(tf, state, weights)

/** Units that the item tower learns beside the vector itself. */
const towerUnits = 32

/** An item as it is valued: t(e) = [e, relu(A·e + b), 1], K = D + 33 numbers. */
export const towerShapes = (item: number) => ({ learned: [item, towerUnits], learnedBias: [1, towerUnits] }) as const
export type TowerShapes = ReturnType<typeof towerShapes>
export const towerSize = (item: number) => item + towerUnits + 1

export function fillTower(parameters: Parameters<TowerShapes>, random: Random): void {
  fillNormal(parameters.view('learned'), spread(parameters.shapes.learned[0]), random)
}

/** t(e), [N, K], for item vectors [N, D]; differentiable in the weights. */
export function tower(tf: TensorFlow, weights: Weights<TowerShapes>, items: Tensor2D): Tensor2D {
  const kernels = kernelsOf(tf)
  const [count, size] = items.shape
  return operation(tf, [weights.learned, weights.learnedBias], ([matrix, bias]) => {
    const learned = kernels.layer(items, matrix!, bias!, true) // [N, 32]
    return {
      value: tf.concat([items, learned, tf.ones([count, 1])], 1) as Tensor2D,
      kept: [learned],
      back(gradient) {
        const own = tf.slice2d(gradient, [0, size], [count, towerUnits])
        return weightsBack(kernels, items, kernels.throughRelu(own, learned))
      },
    }
  })
}
