import type { Answer, Question } from '../records/question.ts'

/** Who answers for what was learned. Rejects with NOT_RUNNING while nobody does. */
export interface Learner {
  /** `waitMs`: how long it may wait for what the question wants to be known. */
  ask(question: Question, options: { waitMs: number }): Promise<Answer>
}
