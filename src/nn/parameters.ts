import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { Random } from '../state/random.ts'
import { kernelsOf } from './kernels/kernels-of.ts'
import type { TensorFlow } from './tensorflow.ts'

/** Shapes of a network's weights by name, [rows, columns] each; their order is the order in memory. */
export type Shapes = Readonly<Record<string, readonly [number, number]>>
/** The weights of a network as tensors. */
export type Weights<S extends Shapes> = { [name in keyof S]: Tensor2D }

/** All weights of a network in one array, which is what the optimiser and the checkpoint see. */
export interface Parameters<S extends Shapes> {
  readonly shapes: S
  readonly values: Float32Array
  /** One weight as a window on `values`. */
  view(name: keyof S): Float32Array
}

/** Numbers in all weights of these shapes. */
export const parameterCount = (shapes: Shapes): number =>
  Object.values(shapes).reduce((total, [rows, columns]) => total + rows * columns, 0)

/** Weights of zero; memory that lies elsewhere is given as the second argument. */
export function createParameters<S extends Shapes>(
  shapes: S,
  values: Float32Array = new Float32Array(parameterCount(shapes)),
): Parameters<S> {
  const views = new Map<keyof S, readonly [number, number]>()
  let size = 0
  for (const [name, [rows, columns]] of Object.entries(shapes)) {
    views.set(name, [size, size + rows * columns])
    size += rows * columns
  }
  return { shapes, values, view: name => values.subarray(...views.get(name)!) }
}

/** Fill one weight with normal numbers of this standard deviation. */
export function fillNormal(weight: Float32Array, deviation: number, random: Random): void {
  for (let i = 0; i < weight.length; i++) weight[i] = deviation * random.normal()
}

/** The weights as tensors of the active backend; the caller disposes of them, with tf.tidy as a rule. */
export function toTensors<S extends Shapes>(tf: TensorFlow, parameters: Parameters<S>): Weights<S> {
  const { shapes, view } = parameters
  const names = Object.keys(shapes)
  const tensors = kernelsOf(tf).compute([], Object.values(shapes), (_, arrays) => {
    for (const [k, array] of arrays.entries()) array.set(view(names[k]!))
  })
  return Object.fromEntries(names.map((name, k) => [name, tensors[k]])) as Weights<S>
}

/** Gradients by name, laid out like the parameters they belong to. */
export function flatten<S extends Shapes>(
  parameters: Parameters<S>,
  gradients: Weights<S>,
  into: Float32Array,
): Float32Array {
  let at = 0
  for (const [name, [rows, columns]] of Object.entries(parameters.shapes)) {
    into.set(gradients[name as keyof S].dataSync(), at)
    at += rows * columns
  }
  return into
}

/** Shapes of a part of a network, named `part.name`. */
export function shapesUnder<P extends string, S extends Shapes>(
  part: P,
  shapes: S,
): { [name in keyof S & string as `${P}.${name}`]: S[name] } {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [`${part}.${name}`, shape])) as never
}

/** The weights of that part under their own names again. */
export function weightsUnder<S extends Shapes>(
  part: string,
  weights: Readonly<Record<string, Tensor2D>>,
  shapes: S,
): Weights<S> {
  return Object.fromEntries(Object.keys(shapes).map(name => [name, weights[`${part}.${name}`]])) as Weights<S>
}

/** The parameters of that part: a window on the same numbers. */
export function parametersUnder<S extends Shapes>(
  part: string,
  parameters: Parameters<Shapes>,
  shapes: S,
): Parameters<S> {
  const first = parameters.view(`${part}.${Object.keys(shapes)[0]!}`)
  const from = (first.byteOffset - parameters.values.byteOffset) / 4
  return createParameters(shapes, parameters.values.subarray(from, from + parameterCount(shapes)))
}

/** Target networks: θ′ ← (1 − τ)·θ′ + τ·θ. */
export function follow(target: Float32Array, online: Float32Array, rate: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += rate * (online[i]! - target[i]!)
}
