import type { SavedArrays } from '../../../state/saved-arrays.ts'

/** What a key table saves, with how far each key stands from where it hashes to in place of where it stands. */
export function foldKeys({ taken, ...arrays }: SavedArrays): SavedArrays {
  const [keys, mask] = [arrays['keys']!, arrays['size']![0]! - 1]
  const steps = new Uint8Array(keys.length)
  for (let n = 0; n < steps.length; n++) steps[n] = (taken![n]! - keys[n]!) & mask
  return { ...arrays, steps }
}

/** What `foldKeys` took. */
export function unfoldKeys({ steps, ...arrays }: SavedArrays): SavedArrays {
  const [keys, mask] = [arrays['keys']!, arrays['size']![0]! - 1]
  const taken = new Int32Array(keys.length)
  for (let n = 0; n < taken.length; n++) taken[n] = (keys[n]! + steps![n]!) & mask
  return { ...arrays, taken }
}
