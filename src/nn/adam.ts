/** What Adam remembers of one list of weights; `steps` holds one number, the steps taken. */
export interface Moments {
  readonly mean: Float32Array
  readonly square: Float32Array
  readonly steps: Float64Array
}

/** Moments of so many weights, as they are before the first step. */
export const momentsOf = (size: number) => ({
  mean: new Float32Array(size),
  square: new Float32Array(size),
  steps: new Float64Array(1),
})

/**
 * Adam on one list of weights, with its moments in plain arrays so that a checkpoint holds them bit for bit.
 *
 * Gradients whose norm is above `maxNorm` are scaled down to it. With a `decay`, weights shrink by rate · decay at every
 * step (AdamW: Loshchilov and Hutter 2019).
 */
export interface Adam {
  readonly mean: Float32Array
  readonly square: Float32Array
  /** Steps taken. */
  steps: number
  /** One step on `values`; false, and nothing changed, when the gradient is not finite. */
  update(values: Float32Array, gradient: Float32Array): boolean
}

/** Moments that lie elsewhere (in memory shared with another thread, say) are given as the third argument. */
export function adam(
  size: number,
  options: { rate: number; maxNorm: number; decay?: number },
  { mean, square, steps }: Moments = momentsOf(size),
): Adam {
  const [keepMean, keepSquare, epsilon] = [0.9, 0.999, 1e-8]
  const shrink = options.rate * (options.decay ?? 0)
  return {
    mean,
    square,
    get steps() {
      return steps[0]!
    },
    set steps(taken) {
      steps[0] = taken
    },
    update(values, gradient) {
      let norm = 0
      for (let i = 0; i < size; i++) norm += gradient[i]! * gradient[i]!
      norm = Math.sqrt(norm)
      if (!Number.isFinite(norm)) return false
      this.steps += 1
      const scale = norm > options.maxNorm ? options.maxNorm / norm : 1
      const correction = Math.sqrt(1 - keepSquare ** this.steps)
      const rate = (options.rate * correction) / (1 - keepMean ** this.steps)
      for (let i = 0; i < size; i++) {
        const g = scale * gradient[i]!
        const m = keepMean * mean[i]! + (1 - keepMean) * g
        const s = keepSquare * square[i]! + (1 - keepSquare) * g * g
        mean[i] = m
        square[i] = s
        values[i]! -= (rate * m) / (Math.sqrt(s) + epsilon * correction) + shrink * values[i]!
      }
      return true
    },
  }
}
