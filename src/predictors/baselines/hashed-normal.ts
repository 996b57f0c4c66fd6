import { scramble } from '../../state/hash.ts'

/** About a standard normal number, the same for the same seed, hash and index: three uniform ones from the hash, summed. */
export function hashedNormal(seed: number, hash: number, index: number): number {
  let sum = 0
  for (let n = 0; n < 3; n++) sum += scramble(hash ^ scramble(seed + 31 * (3 * index + n))) / 0x100000000
  return 2 * sum - 3
}
