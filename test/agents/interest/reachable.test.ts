import { expect, test } from 'vitest'
import { reachable } from '../../../src/agents/interest/reachable.ts'
import { openBackend } from '../../../src/nn/backend.ts'

test('targets stay within what rewards can come to, with as much room again', async () => {
  const { tf } = await openBackend('wasm')
  const held = reachable(tf, tf.tensor2d([-1e9, -0.5, 0.25, 1.5, 1e9], [5, 1]), 0.125, 0.875)
  expect([...held.dataSync()]).toEqual([-1, -0.5, 0.25, 1.5, 2])
})
