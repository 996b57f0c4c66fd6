import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { lackOf, littleMemory, RecstreamError } from '../errors.ts'
import { registerGradients } from './gradients.ts'
import { kernelsOf } from './kernels/kernels-of.ts'
import type { TensorFlow } from './tensorflow.ts'
import { mendWasmKernels } from './wasm-kernels.ts'

export type BackendName = 'native' | 'wasm' | 'cpu'
export interface Backend {
  name: BackendName
  tf: TensorFlow
}

/**
 * Open TensorFlow.js with the fastest backend that works here: the native library, else WebAssembly.
 *
 *     const { name, tf } = await openBackend()   // RECSTREAM_BACKEND=wasm forces one
 *
 * All of them compute on one thread, each gives the same bits in every run, and not the same bits as another.
 */
export async function openBackend(prefer?: BackendName): Promise<Backend> {
  const wanted = prefer ?? (process.env['RECSTREAM_BACKEND'] as BackendName | undefined)
  if (wanted !== undefined && !openers.has(wanted)) {
    throw new RecstreamError('BACKEND_UNAVAILABLE', `There is no backend "${wanted}"; use native, wasm or cpu.`)
  }
  if (wanted !== undefined) return { name: wanted, tf: await open(wanted) }
  try {
    return { name: 'native', tf: await open('native') }
  } catch {
    return { name: 'wasm', tf: await open('wasm') }
  }
}

const require = createRequire(import.meta.url)

const openers = new Map<BackendName, () => Promise<TensorFlow>>([
  ['native', openNative],
  ['wasm', openWasm],
  ['cpu', openCpu],
])

async function open(name: BackendName): Promise<TensorFlow> {
  try {
    const tf = await openers.get(name)!()
    await tf.ready()
    registerGradients(tf)
    // No checks of what our own tests check, and no advice on the console.
    tf.enableProdMode()
    // What the kernels keep is kept from here on, so that a later count of tensors shows leaks alone.
    kernelsOf(tf)
    return tf
  } catch (cause) {
    if (lackOf(cause) === 'memory') throw new RecstreamError('MEMORY_SHORT', `${littleMemory}.`, { cause })
    throw new RecstreamError(
      'BACKEND_UNAVAILABLE',
      `The ${name} backend of TensorFlow.js does not load; leave RECSTREAM_BACKEND unset to use one that does.`,
      { cause },
    )
  }
}

async function openNative(): Promise<TensorFlow> {
  // Read by the library when it is loaded. A second thread loses more than it wins on tensors this small.
  process.env['TF_NUM_INTRAOP_THREADS'] ??= '1'
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1'
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  // Without its library the package tries to download one and prints; so look before loading.
  const folder = dirname(require.resolve('@tensorflow/tfjs-node/package.json'))
  if (!existsSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'))) throw new Error('no binding')
  // Node 24 no longer has what tfjs-node still asks for.
  const util = require('node:util') as Record<string, unknown>
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined
  require('@tensorflow/tfjs-node')
  const tf = require('@tensorflow/tfjs-core') as TensorFlow
  if (!(await tf.setBackend('tensorflow'))) throw new Error('no backend')
  return tf
}

async function openWasm(): Promise<TensorFlow> {
  const tf = require('@tensorflow/tfjs-core') as TensorFlow
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm')
  // The threaded build keeps worker threads, which hold the process open.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'))}/`)
  if (!(await tf.setBackend('wasm'))) throw new Error('no backend')
  mendWasmKernels(tf)
  return tf
}

async function openCpu(): Promise<TensorFlow> {
  const tf = require('@tensorflow/tfjs-core') as TensorFlow
  require('@tensorflow/tfjs-backend-cpu')
  if (!(await tf.setBackend('cpu'))) throw new Error('no backend')
  return tf
}
