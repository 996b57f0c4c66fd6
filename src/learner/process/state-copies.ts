import type { Learner, LearnerState } from '../learner.ts'

/** A copy that takes longer can be noticed, ms; then copying takes this share of the time at most. */
const [noticeableMs, mostOfTime] = [50, 0.01]

/**
 * Copies of a learner's state, one at a time, for checkpoints.
 *
 * While the state is copied nobody is answered and nothing learned; where that can be noticed, it is done the less often, and
 * a restart learns the more again.
 */
export class StateCopies {
  readonly #learner: Pick<Learner, 'save'>
  readonly #clock: () => number
  /** The last copy, whose memory the next one takes. */
  #last: LearnerState = { arrays: {}, meta: {} }
  #againAt = Number.NEGATIVE_INFINITY

  /** `clock`: milliseconds, for measuring. */
  constructor(learner: Pick<Learner, 'save'>, clock: () => number) {
    this.#learner = learner
    this.#clock = clock
  }

  /** Whether enough time went by since the last copy. */
  get mayCopy(): boolean {
    return this.#clock() >= this.#againAt
  }

  /** All of the state; the next copy overwrites it. */
  take(): LearnerState {
    const began = this.#clock()
    this.#last = this.#learner.save(this.#last)
    const now = this.#clock()
    const took = now - began
    this.#againAt = took < noticeableMs ? now : now + took / mostOfTime
    return this.#last
  }
}
