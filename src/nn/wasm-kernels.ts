import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core'
import type { TensorFlow } from './tensorflow.ts'
import { type WasmProducts, wasmProducts } from './wasm-product.ts'

type Kernel = (args: { inputs: object; backend: BackendWasm; attrs?: object }) => TensorInfo
let mended = false

/**
 * Put faster kernels in place of five slow ones of the wasm backend; results equal the cpu backend's up to rounding.
 *
 * Stock: a matrix product with a transposed operand leaves XNNPACK for a plain loop, and one without packs its second operand
 * first; tanh is scalar, a sum over rows
 * strides through memory, and slices and joins of columns pay for a view per row.
 */
export function mendWasmKernels(tf: TensorFlow): void {
  if (mended) return
  mended = true
  const stock = (name: string) => tf.getKernel(name, 'wasm').kernelFunc as unknown as Kernel
  const replace = (name: string, kernel: Kernel) => {
    tf.unregisterKernel(name, 'wasm')
    tf.registerKernel({ kernelName: name, backendName: 'wasm', kernelFunc: kernel as unknown as KernelFunc })
  }
  const product = stock('BatchMatMul')
  const transpose = stock('Transpose')
  const sum = stock('Sum')
  const slice = stock('Slice')
  const concat = stock('Concat')

  const stockAttributes = { transposeA: false, transposeB: false }
  let products: WasmProducts | null = null
  const direct = (a: TensorInfo, b: TensorInfo, transposeA: boolean, backend: BackendWasm): TensorInfo | null => {
    if (a.shape.length !== 2 || b.shape.length !== 2) return null
    const [depth, outputs] = b.shape as [number, number]
    const sizes = { rows: a.shape[transposeA ? 1 : 0]!, depth, outputs }
    products ??= wasmProducts(backend)
    if (!products.fits(sizes)) return null
    const result = backend.makeOutput([sizes.rows, outputs], 'float32')
    const at = (tensor: TensorInfo): number => backend.typedArrayFromHeap(tensor).byteOffset
    products.run({ ...sizes, a: at(a), b: at(b), into: at(result), transposeA })
    return result
  }
  replace('BatchMatMul', ({ inputs, backend, attrs }) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo }
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean }
    const turned: TensorInfo[] = []
    const turn = (x: TensorInfo): TensorInfo => {
      const axes = x.shape.map((_, axis) => axis)
      axes.push(...axes.splice(-2).reverse())
      const result = transpose({ inputs: { x }, backend, attrs: { perm: axes } })
      turned.push(result)
      return result
    }
    const second = transposeB ? turn(b) : b
    const result =
      direct(a, second, transposeA, backend) ??
      product({ inputs: { a: transposeA ? turn(a) : a, b: second }, backend, attrs: stockAttributes })
    for (const each of turned) backend.disposeData(each.dataId)
    return result
  })

  replace('Tanh', ({ inputs, backend }) => {
    const { x } = inputs as { x: TensorInfo }
    const result = backend.makeOutput(x.shape, 'float32')
    const source = backend.typedArrayFromHeap(x)
    const values = backend.typedArrayFromHeap(result)
    for (let i = 0; i < values.length; i++) values[i] = tanh(source[i]!)
    return result
  })

  replace('Sum', args => {
    const { x } = args.inputs as { x: TensorInfo }
    const { axis, keepDims } = args.attrs as { axis: number | number[]; keepDims?: boolean }
    const axes = [axis].flat()
    if (x.shape.length !== 2 || axes.length !== 1 || axes[0] !== 0 || x.dtype !== 'float32') return sum(args)
    const [rows, columns] = x.shape as [number, number]
    const result = args.backend.makeOutput(keepDims ? [1, columns] : [columns], 'float32')
    const totals = new Float64Array(columns)
    const values = args.backend.typedArrayFromHeap(x)
    for (let row = 0, at = 0; row < rows; row++) for (let k = 0; k < columns; k++) totals[k]! += values[at++]!
    args.backend.typedArrayFromHeap(result).set(totals)
    return result
  })

  replace('Slice', args => {
    const { x } = args.inputs as { x: TensorInfo }
    const { begin, size } = args.attrs as { begin: number | number[]; size: number | number[] }
    if (x.shape.length !== 2 || x.dtype !== 'float32' || !Array.isArray(begin) || !Array.isArray(size))
      return slice(args)
    const [rows, columns] = x.shape as [number, number]
    const [top, left = 0] = begin as [number, number?]
    const height = size[0] === -1 ? rows - top : size[0]!
    const width = size[1] === undefined || size[1] === -1 ? columns - left : size[1]
    const result = args.backend.makeOutput([height, width], 'float32')
    const source = args.backend.typedArrayFromHeap(x)
    const target = args.backend.typedArrayFromHeap(result)
    if (width === columns) target.set(source.subarray(top * columns, (top + height) * columns))
    else {
      for (let row = 0, to = 0; row < height; row++) {
        let from = (top + row) * columns + left
        for (let k = 0; k < width; k++) target[to++] = source[from++]!
      }
    }
    return result
  })
  replace('Concat', args => {
    const parts = args.inputs as unknown as TensorInfo[]
    const { axis } = args.attrs as { axis: number }
    const flat = parts.every(part => part.shape.length === 2 && part.dtype === 'float32')
    if (!flat || (axis !== 1 && axis !== -1)) return concat(args)
    const rows = parts[0]!.shape[0]!
    const columns = parts.reduce((total, part) => total + part.shape[1]!, 0)
    const result = args.backend.makeOutput([rows, columns], 'float32')
    const target = args.backend.typedArrayFromHeap(result)
    let left = 0
    for (const part of parts) {
      const source = args.backend.typedArrayFromHeap(part)
      const width = part.shape[1]!
      for (let row = 0, from = 0; row < rows; row++) {
        let to = row * columns + left
        for (let k = 0; k < width; k++) target[to++] = source[from++]!
      }
      left += width
    }
    return result
  })
}

/**
 * x·P(x²)/Q(x²), which is closest to tanh between −9 and 9, where a 32-bit float reaches 1: to 3e-8 of it, near 0 too.
 *
 * P and Q are the minimax fit of degree 4 with P(0) = Q(0) = 1.
 */
function tanh(given: number): number {
  const x = Math.min(9, Math.max(-9, given))
  const q = x * x
  const above = 1 + q * (0.133839782 + q * (0.0034989936 + q * (2.06612225e-5 + q * 1.34197687e-8)))
  const below = 1 + q * (0.467172997 + q * (0.0258901969 + q * (0.000329103434 + q * 7.80470706e-7)))
  return (x * above) / below
}
