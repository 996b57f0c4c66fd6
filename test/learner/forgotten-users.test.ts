import { expect, test } from 'vitest'
import { forgottenUsers } from '../../src/learner/forgotten-users.ts'
import { idTable } from '../../src/state/id-table.ts'

test('that users are forgotten is told when it begins, once', () => {
  const forgotten = forgottenUsers(2)
  const users = idTable(2, () => forgotten.admitted(users.size))
  for (const id of ['ann', 'bob', 'ann', 'bob']) users.touch(id)
  expect(forgotten.notices()).toEqual([])
  users.touch('cy')
  expect(forgotten.notices()).toEqual([expect.stringContaining('More than 2 users came: the learner now forgets')])
  users.touch('ann')
  expect(forgotten.notices()).toEqual([])
})
