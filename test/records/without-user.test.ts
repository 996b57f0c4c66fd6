import { expect, test } from 'vitest'
import { withoutUser } from '../../src/records/without-user.ts'
import { toBlocks } from '../learner/interest-stream.ts'

test('with somebody’s sequences go the traces of their events, and no others', () => {
  const events = ['ann', 'bob', 'ann', 'bob'].map((user, k) => ({ user, item: `i${k}`, time: 1_000 * k, reward: 1 }))
  const [block] = toBlocks(events, { shortLength: 4, size: 10 })
  const trace = (sequence: number) => ({
    ...{ sequence, parent: `00-${String(sequence).repeat(32)}-00f067aa0ba902b7-01`, state: `of=${sequence}` },
  })
  const left = withoutUser({ ...block!, traces: [1, 2, 3, 4].map(trace) }, id => id === 'ann', 2)!
  expect(left.block.sequence).toEqual([2, 3, 4])
  expect(left.block.traces).toEqual([2, 3, 4].map(trace))
})
