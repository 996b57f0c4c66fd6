import { adam, momentsOf } from '../../nn/adam.ts'
import { copies, copyBack, type SavedArrays } from '../../state/saved-arrays.ts'

/** Who applies gradients: an agent's own optimiser, or one that several threads share. */
export interface Learner {
  /** Take over the newest weights. */
  pull(): void
  /** One step along a gradient of the weights that were pulled last; false, and nothing changed, when it is not finite. */
  push(gradient: Float32Array): boolean
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

const limits = { maxNorm: 1 }

/** The learner of a single agent: Adam on its weights. */
export function ownLearner(values: Float32Array, rate: number): Learner {
  const moments = momentsOf(values.length)
  const steps = adam(values.length, { rate, ...limits }, moments)
  const arrays = { values, ...moments }
  return {
    pull() {},
    push: gradient => steps.update(values, gradient),
    save: () => copies(arrays),
    restore: saved => copyBack(arrays, saved),
  }
}

/** A shared learner that begins with these weights, and the memory by which other threads take part in it. */
export function beginSharedLearner(
  values: Float32Array,
  rate: number,
): { learner: Learner; memory: SharedArrayBuffer } {
  const memory = new SharedArrayBuffer(16 + 3 * values.length * Float32Array.BYTES_PER_ELEMENT)
  const learner = sharedLearner(memory, values, rate)
  learner.restore({ ...learner.save(), values })
  return { learner, memory }
}

/**
 * The shared learner of A3C, seen from one thread: weights and Adam's moments lie in memory that all threads see, one at a
 * time changes them.
 *
 *     const learner = sharedLearner(memory, values, 1e-3)
 *     learner.pull()          // values ← the shared weights
 *     learner.push(gradient)  // the shared weights take a step, values follow
 *
 * A gradient may be of weights that others have changed since: that is what makes it asynchronous. Who waits for the lock
 * sleeps; it is held for one step of Adam.
 */
export function sharedLearner(memory: SharedArrayBuffer, values: Float32Array, rate: number): Learner {
  const size = values.length
  const lock = new Int32Array(memory, 0, 1)
  const floats = (part: number) => new Float32Array(memory, 16 + 4 * part * size, size) as unknown as Float32Array
  const [weights, mean, square] = [floats(0), floats(1), floats(2)]
  const moments = { mean, square, steps: new Float64Array(memory, 8, 1) as unknown as Float64Array }
  const steps = adam(size, { rate, ...limits }, moments)
  const arrays = { values: weights, ...moments }
  const locked = <T>(work: () => T): T => {
    while (Atomics.compareExchange(lock, 0, 0, 1) !== 0) Atomics.wait(lock, 0, 1)
    try {
      return work()
    } finally {
      Atomics.store(lock, 0, 0)
      Atomics.notify(lock, 0, 1)
    }
  }
  return {
    pull: () => locked(() => values.set(weights)),
    push: gradient =>
      locked(() => {
        const done = steps.update(weights, gradient)
        values.set(weights)
        return done
      }),
    save: () => locked(() => copies(arrays)),
    restore: saved => locked(() => copyBack(arrays, saved)),
  }
}
