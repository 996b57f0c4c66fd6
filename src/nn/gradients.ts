import type { GradConfig, NamedAttrMap, Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from './tensorflow.ts'

/**
 * Gradients of the operations that losses are written in.
 *
 * TensorFlow.js keeps its own in modules that Node cannot load from its package; these are the ones that we use. Where an
 * input was spread over rows or columns, its gradient is summed over them again.
 */
export function registerGradients(tf: TensorFlow): void {
  for (const config of configs(tf)) tf.registerGradient(config)
}

type Attributes = Readonly<Record<string, unknown>>
type Back = Record<string, () => Tensor>

function configs(tf: TensorFlow): GradConfig[] {
  /** An operation of two inputs that may be spread. */
  const binary = (
    kernelName: string,
    of: (d: Tensor, a: Tensor, b: Tensor) => [() => Tensor, () => Tensor],
  ): GradConfig =>
    config(kernelName, { inputsToSave: ['a', 'b'] }, (d, [a, b]) => {
      const [ofA, ofB] = of(d, a!, b!)
      return { a: () => gathered(tf, ofA(), a!.shape), b: () => gathered(tf, ofB(), b!.shape) }
    })
  /** An operation of one input x, by the input or by the result y. */
  const ofInput = (kernelName: string, of: (d: Tensor, x: Tensor) => Tensor): GradConfig =>
    config(kernelName, { inputsToSave: ['x'] }, (d, [x]) => ({ x: () => of(d, x!) }))
  const ofResult = (kernelName: string, of: (d: Tensor, y: Tensor) => Tensor): GradConfig =>
    config(kernelName, { outputsToSave: [true] }, (d, [y]) => ({ x: () => of(d, y!) }))

  return [
    binary('Add', d => [() => d, () => d]),
    binary('Sub', d => [() => d, () => tf.neg(d)]),
    binary('Multiply', (d, a, b) => [() => tf.mul(d, b), () => tf.mul(d, a)]),
    binary('RealDiv', (d, a, b) => [() => tf.div(d, b), () => tf.neg(tf.div(tf.mul(d, a), tf.square(b)))]),
    ofInput('Square', (d, x) => tf.mul(d, tf.mul(2, x))),
    ofInput('Abs', (d, x) => tf.mul(d, tf.sign(x))),
    ofInput('Neg', d => tf.neg(d)),
    ofInput('Log', (d, x) => tf.div(d, x)),
    ofInput('Identity', d => tf.clone(d)),
    ofInput('Cast', d => d),
    ofInput('Reshape', (d, x) => tf.reshape(d, x.shape)),
    ofResult('Sqrt', (d, y) => tf.div(d, tf.mul(2, y))),
    ofResult('Exp', (d, y) => tf.mul(d, y)),
    ofResult('Relu', (d, y) => tf.mul(d, tf.cast(tf.greater(y, 0), 'float32'))),
    ofResult('Sigmoid', (d, y) => tf.mul(d, tf.mul(y, tf.sub(1, y)))),
    ofResult('Tanh', (d, y) => tf.mul(d, tf.sub(1, tf.square(y)))),
    config('Softmax', { outputsToSave: [true] }, (d, [y]) => ({
      logits: () => tf.mul(y!, tf.sub(d, tf.sum(tf.mul(d, y!), -1, true))),
    })),
    config('Sum', { inputsToSave: ['x'] }, (d, [x], { axis }) => ({ x: () => spreadBack(tf, d, x!, axis) })),
    config('Mean', { inputsToSave: ['x'] }, (d, [x], { axis }) => {
      const shares = x!.size / Math.max(1, d.size)
      return { x: () => tf.div(spreadBack(tf, d, x!, axis), shares) }
    }),
    config('PadV2', { inputsToSave: ['x'] }, (d, [x], { paddings }) => ({
      x: () =>
        tf.slice(
          d,
          (paddings as [number, number][]).map(([before]) => before),
          x!.shape,
        ),
    })),
    config('Slice', { inputsToSave: ['x'] }, (d, [x], { begin }) => ({
      x: () =>
        tf.pad(
          d,
          (begin as number[]).map((from, at) => [from, x!.shape[at]! - from - d.shape[at]!] as [number, number]),
        ),
    })),
    config('Concat', { saveAllInputs: true }, (d, parts, { axis }) => {
      const along =
        parts[0]!.shape.length +
        Math.min(0, axis as number) +
        (Number(axis) < 0 ? 0 : Number(axis) - parts[0]!.shape.length)
      let from = 0
      return Object.fromEntries(
        parts.map((part, k) => {
          const begin = part.shape.map((_, at) => (at === along ? from : 0))
          from += part.shape[along]!
          return [k, () => tf.slice(d, begin, part.shape)]
        }),
      )
    }),
    config('BatchMatMul', { inputsToSave: ['a', 'b'] }, (d, saved, { transposeA, transposeB }) => {
      const [gradient, a, b] = [d, ...saved] as [Tensor2D, Tensor2D, Tensor2D]
      const ofA = () =>
        transposeA ? tf.matMul(b, gradient, Boolean(transposeB), true) : tf.matMul(gradient, b, false, !transposeB)
      const ofB = () =>
        transposeB ? tf.matMul(gradient, a, true, Boolean(transposeA)) : tf.matMul(a, gradient, !transposeA, false)
      return { a: ofA, b: ofB }
    }),
  ]
}

function config(
  kernelName: string,
  saved: Pick<GradConfig, 'inputsToSave' | 'outputsToSave' | 'saveAllInputs'>,
  back: (d: Tensor, saved: Tensor[], attributes: Attributes) => Back,
): GradConfig {
  return {
    kernelName,
    ...saved,
    gradFunc: (d, kept, attributes) => back(d as Tensor, kept, attributes as unknown as NamedAttrMap as Attributes),
  }
}

/** Sum a gradient over what was spread, to the shape that it was spread from. */
function gathered(tf: TensorFlow, gradient: Tensor, shape: number[]): Tensor {
  const lead = gradient.shape.length - shape.length
  const axes = gradient.shape
    .map((_, at) => at)
    .filter(at => at < lead || (shape[at - lead] === 1 && gradient.shape[at] !== 1))
  return axes.length === 0 ? gradient : tf.reshape(tf.sum(gradient, axes), shape)
}

/** A gradient of a sum over `axis`, or over all if there is none, the same for all that was summed. */
function spreadBack(tf: TensorFlow, gradient: Tensor, x: Tensor, axis: unknown): Tensor {
  const given = axis === undefined || axis === null ? x.shape.map((_, at) => at) : Array.isArray(axis) ? axis : [axis]
  const axes = given.map(at => (Number(at) < 0 ? x.shape.length + Number(at) : Number(at)))
  const kept = x.shape.map((size, at) => (axes.includes(at) ? 1 : size))
  return tf.mul(tf.reshape(gradient, kept), tf.onesLike(x))
}
