/** The random numbers of numpy's RandomState: uniform in [0, 1) to 53 bits, and standard normal ones. */
export interface NumpyRandom {
  uniform(): number
  normal(): number
}

/**
 * MT19937 of Matsumoto and Nishimura (1998), seeded and read as numpy's RandomState does, so that a baseline starts from
 * the factors that scikit-surprise draws with the same random_state.
 *
 *     numpyRandom(0).uniform()   // 0.5488135039273248, as numpy.random.RandomState(0).uniform()
 */
export function numpyRandom(seed: number): NumpyRandom {
  const state = new Uint32Array(size)
  state[0] = seed >>> 0
  for (let k = 1; k < size; k++) state[k] = Math.imul(1_812_433_253, state[k - 1]! ^ (state[k - 1]! >>> 30)) + k
  let at = size
  let spare: number | null = null

  const next = (): number => {
    if (at === size) {
      twist(state)
      at = 0
    }
    let y = state[at++]!
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }
  const uniform = () => {
    const high = next() >>> 5
    return (high * 2 ** 26 + (next() >>> 6)) / 2 ** 53
  }

  return {
    uniform,
    // Marsaglia's polar method; numbers come in pairs and the second is kept for the next call.
    normal() {
      if (spare !== null) {
        const kept = spare
        spare = null
        return kept
      }
      for (;;) {
        const x = 2 * uniform() - 1
        const y = 2 * uniform() - 1
        const square = x * x + y * y
        if (square >= 1 || square === 0) continue
        const factor = Math.sqrt((-2 * Math.log(square)) / square)
        spare = factor * x
        return factor * y
      }
    },
  }
}

const size = 624
const middle = 397

function twist(state: Uint32Array): void {
  for (let k = 0; k < size; k++) {
    const y = (state[k]! & 0x80000000) | (state[(k + 1) % size]! & 0x7fffffff)
    state[k] = state[(k + middle) % size]! ^ (y >>> 1) ^ ((y & 1) === 1 ? 0x9908b0df : 0)
  }
}
