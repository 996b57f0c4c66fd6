import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../tensorflow.ts'
import { wasmProducts } from '../wasm-product.ts'
import type { Kernels } from './kernels.ts'
import { plainKernels } from './plain.ts'
import { wasmHeap } from './wasm-heap.ts'
import { wasmOps } from './wasm-ops.ts'
import { wasmRecurrent } from './wasm-recurrent.ts'

/** Kernels of products that copy nothing and loops over the heap. */
export function wasmKernels(tf: TensorFlow): Kernels {
  const heap = wasmHeap(tf)
  const ops = wasmOps(tf)
  const products = wasmProducts(tf.backend() as BackendWasm)
  /** One of equal blocks of rows. */
  const block = (x: Tensor2D, index: number, blocks: number): Tensor2D => {
    const part = heap.empty(x.shape[0] / blocks, x.shape[1])
    heap.view(part).set(heap.view(x).subarray(index * part.size, (index + 1) * part.size))
    return part
  }
  return {
    ...plainKernels(tf),
    product: ops.product,
    layer(input, weights, bias, relu) {
      const product = ops.product(input, weights)
      const sum = ops.add(product, bias)
      product.dispose()
      if (!relu) return sum
      const output = ops.relu(sum)
      sum.dispose()
      return output
    },
    throughRelu(gradient, output) {
      const through = heap.empty(...gradient.shape)
      const [to, from, by] = [heap.view(through), heap.view(gradient), heap.view(output)]
      for (let k = 0; k < to.length; k++) to[k] = by[k]! > least ? from[k]! : 0
      return through
    },
    columnSums(x) {
      const [, columns] = x.shape
      const numbers = heap.view(x)
      const totals = new Float64Array(columns)
      for (let at = 0; at < numbers.length; ) for (let k = 0; k < columns; k++) totals[k]! += numbers[at++]!
      const sums = heap.empty(1, columns)
      heap.view(sums).set(totals)
      return sums
    },
    blockProducts(a, b, blocks, transposeA) {
      const [rowsOfA, columnsOfA] = a.shape
      const [depth, outputs] = [b.shape[0] / blocks, b.shape[1]]
      const rows = transposeA ? columnsOfA : rowsOfA / blocks
      const all = heap.empty(blocks * rows, outputs)
      if (products.fits({ rows, depth, outputs })) {
        const [fromA, fromB, into] = [a, b, all].map(each => heap.view(each).byteOffset) as [number, number, number]
        for (let k = 0; k < blocks; k++) {
          const places = {
            a: fromA + (4 * k * rowsOfA * columnsOfA) / blocks,
            b: fromB + 4 * k * depth * outputs,
            into: into + 4 * k * rows * outputs,
          }
          products.run({ ...places, rows, depth, outputs, transposeA })
        }
        return all
      }
      // One by one, since a batched product leaves XNNPACK, and each in the memory of the one before, which is in the cache.
      for (let index = 0; index < blocks; index++) {
        const parts = [block(a, index, blocks), block(b, index, blocks)] as const
        const product = ops.product(...parts, transposeA)
        heap.view(all).set(heap.view(product), index * product.size)
        for (const each of [product, ...parts]) each.dispose()
      }
      return all
    },
    recurrent: wasmRecurrent(tf, heap, ops),
    compute(inputs, shapes, loop) {
      const outputs = shapes.map(([rows, columns]) => heap.empty(rows, columns))
      loop(inputs.map(heap.view), outputs.map(heap.view))
      return outputs
    },
  }
}

/** What is no more than this counts as nothing, as it does to this backend's own sign(x). */
const least = 2 ** -23
