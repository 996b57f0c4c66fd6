import { RecstreamError } from '../errors.ts'
import type { NetworkWeight } from './network-weights.ts'
import { decodeTensors, encodeTensors, type Tensors } from './safetensors.ts'

/** Weights as a safetensors file, in chunks to be written one after the other. */
export function encodeWeights(weights: readonly NetworkWeight[], metadata: Record<string, string>): Uint8Array[] {
  const tensors = Object.fromEntries(weights.map(({ name, shape, values }) => [name, { array: values, shape }]))
  return encodeTensors({ tensors, metadata })
}

/**
 * The weights in a safetensors file; FILE_UNUSABLE where it is none, or holds what is no weight. `what` names it in sentences.
 *
 *     decodeWeights(readFileSync('actor.safetensors'), 'actor.safetensors').map(({ name }) => name)   // ['actor.first', …]
 */
export function decodeWeights(bytes: Uint8Array, what: string): NetworkWeight[] {
  let tensors: Tensors['tensors']
  try {
    tensors = decodeTensors(bytes).tensors
  } catch (cause) {
    throw new RecstreamError('FILE_UNUSABLE', `${what} is not a safetensors file.`, { cause })
  }
  return Object.entries(tensors).map(([name, { array, shape }]) => {
    if (array instanceof Float32Array && shape.length === 2) {
      return { name, shape: [shape[0]!, shape[1]!] as const, values: array }
    }
    throw new RecstreamError('FILE_UNUSABLE', `${name} in ${what} is not a float32 matrix, so it is no weight.`)
  })
}
