import { expect, test } from 'vitest'
import { roomNotice } from '../../../src/learner/users/room-notice.ts'

test('that users are on disk is told when it begins, once', () => {
  const notices = roomNotice(20_000)
  expect(notices(0)).toEqual([])
  expect(notices(1)).toEqual([expect.stringContaining('More than 20,000 users came')])
  expect(notices(2)).toEqual([])
})
