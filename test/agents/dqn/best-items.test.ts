import { expect, test } from 'vitest'
import { bestItems } from '../../../src/agents/dqn/best-items.ts'
import { openBackend } from '../../../src/nn/backend.ts'

const { tf } = await openBackend()

test('the best item is the one of the highest worth among those that are not barred, the lower slot among equals', () => {
  const barred = [[], [1], [1, 1, 3]]
  const given = {
    base: tf.tensor2d([[1], [-5], [0]]),
    weight: tf.tensor2d([[1], [1], [-1]]),
    towers: tf.tensor2d([[2], [4], [4], [-1]]),
    exclude: 2,
  }
  const memory = {
    eachBarred: (place: number, count: number, bar: (item: number) => void) =>
      barred[place]!.slice(0, 1 + count).forEach(item => void bar(item)),
  }
  expect([...bestItems(tf, memory, Int32Array.of(0, 1, 2), given)]).toEqual([1, 2, 0])
})
