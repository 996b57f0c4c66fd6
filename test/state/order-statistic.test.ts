import { expect, test } from 'vitest'
import { orderStatistic } from '../../src/state/order-statistic.ts'
import { seededRandom } from '../../src/state/random.ts'

test('finds the number that would stand at a place, among all alike, sorted, turned round and any others', () => {
  const random = seededRandom(1, 'numbers')
  for (const count of [1, 2, 3, 10, 257]) {
    const kinds = [() => 1, (k: number) => k, (k: number) => -k, () => random.integer(5), () => random.normal()]
    for (const kind of kinds) {
      const numbers = Float64Array.from({ length: count }, (_, k) => kind(k))
      const sorted = numbers.slice().sort()
      for (let place = 0; place < count; place++) {
        expect(orderStatistic(numbers.slice(), count, place)).toBe(sorted[place])
      }
    }
  }
})

test('looks at no more than the first numbers', () => {
  expect(orderStatistic(Float64Array.of(5, 4, 6, 0, 0), 3, 0)).toBe(4)
})
