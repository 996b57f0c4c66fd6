import type { AgentTraining } from '../../agents/ddpg-la/residual/training.ts'
import type { Trainer } from './trainer.ts'

/** Trains in the calling thread, at once. */
export function inlineTrainer(training: AgentTraining): Trainer {
  return {
    begin: until => training.train(until),
    settle() {},
    dispose() {},
  }
}
