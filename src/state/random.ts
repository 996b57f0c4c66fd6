import { hashText, scramble } from './hash.ts'

/** A seeded source of random numbers whose whole state is four integers, so that it can be saved. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number
  /** Standard normal. */
  normal(): number
  /** Integer in [0, below). */
  integer(below: number): number
  /** The state itself: copy it to save, set it to restore. */
  readonly state: Uint32Array
}

/**
 * xoshiro128** of Blackman and Vigna, one independent stream for each name.
 *
 *     const random = seededRandom(7, 'replay')
 *     random.uniform()   // the same number in every run
 *
 * Good for simulation and sampling, not for secrets.
 */
export function seededRandom(seed: number, stream: string): Random {
  const state = new Uint32Array(4)
  let mix = (hashText(stream) ^ Math.imul(seed | 0, 0x9e3779b1)) >>> 0
  for (let i = 0; i < 4; i++) {
    mix = (mix + 0x9e3779b9) >>> 0
    state[i] = scramble(mix)
  }
  return randomFrom(state)
}

/** The stream that goes on from a state, which may lie in memory shared with another thread. */
export function randomFrom(state: Uint32Array): Random {
  const next = (): number => {
    const s0 = state[0]!
    const s1 = state[1]!
    const s2 = state[2]! ^ s0
    const s3 = state[3]! ^ s1
    const times5 = Math.imul(s1, 5)
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0
    state[0] = s0 ^ s3
    state[1] = s1 ^ s2
    state[2] = s2 ^ (s1 << 9)
    state[3] = (s3 << 11) | (s3 >>> 21)
    return result
  }
  const uniform = () => next() / 0x100000000

  return {
    state,
    uniform,
    integer: below => Math.floor(uniform() * below),
    // Box and Muller's second number is thrown away: keeping it would be state.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  }
}

/** Put numbers in random order, in place (Fisher and Yates). */
export function shuffle(order: Int32Array, random: Random): void {
  for (let at = order.length - 1; at > 0; at--) {
    const other = random.integer(at + 1)
    const kept = order[at]!
    order[at] = order[other]!
    order[other] = kept
  }
}

/**
 * 0 … count − 1 in random order.
 *
 *     shuffled(3, seededRandom(1, 'order'))   // Int32Array [2, 0, 1]
 */
export function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, k) => k)
  shuffle(order, random)
  return order
}
