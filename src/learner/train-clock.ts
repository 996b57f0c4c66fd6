import type { LearnerParts } from './learner-parts.ts'
import type { Trainer } from './training/trainer.ts'

/**
 * The training clock of a learner: the count of sequences learned from, by which networks are trained and go live.
 *
 *     clock.count()
 *     if (clock.endBlock()) …   // the weights of the step before serve now, and the next step has begun
 */
export interface TrainClock {
  /** Sequences learned from, and training steps begun. */
  readonly sequences: number
  readonly step: number
  /** One more sequence was learned from. */
  count(): void
  /** At the end of a block: take the trained weights and begin the next step; false, and nothing, inside one. */
  endBlock(): boolean
  set(sequences: number, step: number): void
}

export function trainClock(parts: LearnerParts, trainer: Trainer, blockSize: number): TrainClock {
  const { agent, live, actor, liveCritic, critic } = parts
  let sequences = 0
  let step = 0
  return {
    get sequences() {
      return sequences
    },
    get step() {
      return step
    },
    count() {
      sequences += 1
    },
    // Trained weights go live one block after they were trained, so training may take as long as a block lasts.
    endBlock() {
      if (sequences % blockSize !== 0) return false
      trainer.settle()
      live.values.set(agent.actor.values)
      actor.load(live)
      liveCritic.values.set(agent.critic.values)
      critic.load(liveCritic)
      trainer.begin(agent.memory.added)
      step += 1
      return true
    },
    set(sequencesThen, stepThen) {
      sequences = sequencesThen
      step = stepThen
    },
  }
}
