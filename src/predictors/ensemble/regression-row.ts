/** What the ensemble's regression sees of one user and item; ratings are on 1 to 5. */
export interface RegressionRow {
  readonly values: Float64Array
  /** Begin with the first predictor, which the others are given as differences from. */
  begin(rating: number): void
  /** What a further predictor would add to the first. */
  predictor(difference: number): void
  /** A number that stands for itself. */
  plain(value: number): void
  /** Products of all predictors with 1/√(1 + events) of the user and of the item. */
  finish(userEvents: number, itemEvents: number): void
}

/**
 * Rows of 1, the predictors, plain numbers, 1/√(1 + n) of user and item, and the products of both with the predictors:
 * whom to believe depends on how much each of them can know.
 */
export function regressionRow(predictors: number, plain: number): RegressionRow {
  const values = new Float64Array(3 + 3 * predictors + plain)
  let at = 0
  return {
    values,
    begin(rating) {
      values[0] = 1
      values[1] = rating - middle
      at = 2
    },
    predictor(difference) {
      values[at++] = difference
    },
    plain(value) {
      values[at++] = value
    },
    finish(userEvents, itemEvents) {
      const ofUser = 1 / Math.sqrt(1 + userEvents)
      const ofItem = 1 / Math.sqrt(1 + itemEvents)
      values[at++] = ofUser
      values[at++] = ofItem
      for (let k = 1; k <= predictors; k++) {
        values[at++] = values[k]! * ofUser
        values[at++] = values[k]! * ofItem
      }
    },
  }
}

/** Weights that believe the first predictor and nothing else. */
export const firstWeights = (width: number): number[] =>
  Array.from({ length: width }, (_, k) => (k === 0 ? middle : k === 1 ? 1 : 0))

/** The middle of the scale of 1 to 5. */
const middle = 3
