import { setImmediate as immediate } from 'node:timers/promises'
import type { Learner, LearnerState } from '../learner.ts'

/** A copy that takes longer can be noticed, ms; then copying takes this share of the time at most. */
const [noticeableMs, mostOfTime] = [50, 0.01]

/**
 * Copies of a learner's state, one at a time, for checkpoints.
 *
 * While the state is copied nothing is learned; where that can be noticed, it is done the less often, and a restart learns the
 * more again. Whoever asks is answered in between.
 */
export class StateCopies {
  readonly #learner: Pick<Learner, 'saving'>
  readonly #clock: () => number
  #againAt = Number.NEGATIVE_INFINITY

  /** `clock`: milliseconds, for measuring. */
  constructor(learner: Pick<Learner, 'saving'>, clock: () => number) {
    this.#learner = learner
    this.#clock = clock
  }

  /** Whether enough time went by since the last copy. */
  get mayCopy(): boolean {
    return this.#clock() >= this.#againAt
  }

  /** All of the state. Nothing may be learned meanwhile. */
  async take(): Promise<LearnerState> {
    const began = this.#clock()
    const saving = this.#learner.saving()
    let step = saving.next()
    for (; !step.done; step = saving.next()) await immediate()
    const now = this.#clock()
    const took = now - began
    this.#againAt = took < noticeableMs ? now : now + took / mostOfTime
    return step.value
  }
}
