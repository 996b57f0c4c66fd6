/**
 * What an error costs, on a scale of four points (1 to 5):
 *
 * - `squared`: e², whose best answer is the mean;
 * - `huber`: squared up to two points and straight beyond, so that the few large errors do not drown the rest
 *   (Huber 1964); with a narrower bend the absolute error falls further and the squared one rises;
 * - `absolute`: |e|, whose best answer is the median.
 */
export type ErrorLoss = (typeof errorLosses)[number]
export const errorLosses = ['squared', 'huber', 'absolute'] as const

/** The loss's slope in a prediction for an error prediction − reward in [−1, 1]. */
export function errorSlope(loss: ErrorLoss, error: number): number {
  if (loss === 'squared') return 2 * points * points * error
  if (loss === 'absolute') return points * Math.sign(error)
  return points * Math.min(1, Math.max(-1, (points / width) * error))
}

/** Errors count as on a five-point scale, which puts λ where TD3+BC's experience has it. */
const points = 4
const width = 2
