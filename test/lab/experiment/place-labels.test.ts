import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeLabels } from '../../../src/lab/experiment/place-labels.ts'

test('a label stays at its point unless another one lies there', () => {
  const points = [
    { text: 'bias', x: 10, y: 50 },
    { text: 'mean', x: 12, y: 51 },
    { text: 'far', x: 200, y: 50 },
  ]
  expect(placeLabels(points).map(({ dy }) => dy)).toEqual([0, 13, 0])
})

test('no label lies on another one, however near their points are', () => {
  const point = fc.record({ text: fc.constantFrom('a', 'a long name'), x: fc.nat(60), y: fc.nat(60) })
  fc.assert(
    fc.property(fc.array(point, { maxLength: 12 }), points => {
      const labels = placeLabels(points)
      for (const [k, a] of labels.entries()) {
        for (const b of labels.slice(0, k)) {
          const [left, right] = a.x < b.x ? [a, b] : [b, a]
          const beside = left.x + 6.5 * left.text.length <= right.x
          expect(beside || Math.abs(a.y + a.dy - b.y - b.dy) >= 12).toBe(true)
        }
      }
    }),
  )
})
