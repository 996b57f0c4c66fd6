/**
 * Training steps, one after the other, beside the event path or in it.
 *
 *     trainer.settle()                    // the step before has ended: its weights can be taken
 *     trainer.begin(agent.memory.added)   // the next one; what comes in meanwhile is not part of it
 *
 * Whoever changes or copies the agent's weights settles first. The results are the same bits wherever steps are computed.
 */
export interface Trainer {
  /** Start a step on the transitions before number `until`; the step before must have been settled. */
  begin(until: number): void
  /** Wait until the step that was begun, if any, has ended; throws TRAINING_FAILED when it cannot. */
  settle(): void
  dispose(): void
}
