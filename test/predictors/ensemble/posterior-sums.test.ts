import { expect, test } from 'vitest'
import { posteriorSums } from '../../../src/predictors/ensemble/posterior-sums.ts'
import { seededRandom } from '../../../src/state/random.ts'

const squaresOf = (factors: number): number => (factors * (factors + 1)) / 2

test.each([1, 2, 5, 6, 7, 24])('sums over events have the bits of a plain loop, with %i factors', factors => {
  const squares = squaresOf(factors)
  const width = factors + squares + 1
  const sums = posteriorSums(factors, width, 50)
  const random = seededRandom(factors, 'sums')
  const { factors: z, moments: m } = sums.columns
  z.reserve(900)
  for (let k = 0; k < z.data.length; k++) z.data[k] = random.normal()
  for (let k = 0; k < m.data.length; k++) m.data[k] = random.normal()
  for (const count of [0, 1, 3, 4, 5, 17, 50]) {
    const slots = Array.from({ length: count }, () => random.integer(900))
    const weights = slots.map(() => random.uniform())
    const targets = slots.map(() => random.normal())
    for (let e = 0; e < count; e++) {
      sums.slots[e] = slots[e]!
      sums.weighed[2 * e] = weights[e]!
      sums.weighed[2 * e + 1] = targets[e]!
    }
    sums.sum(count)
    /** In fours, as `term` gives each event's share, those of none beyond the last. */
    const plain = (terms: readonly ((e: number) => number)[]): number => {
      let sum = 0
      for (let from = 0; from < count; from += 4) {
        let four = 0
        for (const [n, term] of terms.entries()) {
          for (let e = from; e < from + 4; e++) {
            const share = e < count ? term(e) : 0
            four = n === 0 && e === from ? share : four + share
          }
        }
        sum += four
      }
      return sum
    }
    const moment = (e: number, k: number): number => m.data[slots[e]! * width + k]!
    const factor = (e: number, k: number): number => z.data[slots[e]! * factors + k]!
    const a = Array.from({ length: squares }, (_, k) => plain([e => weights[e]! * moment(e, factors + k)]))
    for (let k = 0; k < factors; k++) a.push(plain([e => weights[e]! * factor(e, k)]))
    a.push(plain([e => weights[e]!]))
    const b = Array.from({ length: factors }, (_, k) =>
      plain([e => targets[e]! * factor(e, k), e => -weights[e]! * moment(e, k)]),
    )
    b.push(plain([e => targets[e]!]))
    expect([...sums.a.subarray(0, a.length)]).toEqual(a)
    expect([...sums.b]).toEqual(b)
  }
})
