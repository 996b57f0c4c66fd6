import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LearnerUsers } from '../../../src/ingest/returning/learner-users.ts'
import { merges } from '../../../src/learner/merges.ts'
import type { Command } from '../../../src/records/command.ts'
import { idTable } from '../../../src/state/id-table.ts'

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')
/** An event of a user, or a merge with the number of events after which the learner follows it. */
const happens = fc.oneof(
  { weight: 4, arbitrary: fc.record({ user: id }) },
  { weight: 1, arbitrary: fc.record({ from: id, to: id, later: fc.integer({ min: 0, max: 8 }) }) },
)

/** The learner's second user is active only through the first when they become one. */
const second = [{ from: 'e', to: 'f', later: 3 }, ...['e', 'f', 'e', 'a', 'e'].map(user => ({ user }))]
/** The learner forgets its second user before the two become one, by an event of somebody else. */
const evicted = [
  { from: 'd', to: 'f', later: 3 },
  ...['f', 'd', 'f'].map(user => ({ user })),
  { from: 'a', to: 'g', later: 0 },
  ...['a', 'f'].map(user => ({ user })),
]

test('whoever the learner forgot, and however users become one, it knows at each event all that theirs forbid', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(happens, { maxLength: 60 }), (maxUsers, history) => {
      const known = new LearnerUsers({ maxUsers, since: 0 })
      const taken = new Map<string, number[]>()
      const kept: Set<number>[] = []
      const users = idTable(maxUsers, slot => {
        kept[slot] = new Set()
      })
      const mergeUsers = (from: number, into: number) => {
        for (const item of kept[from]!) kept[into]!.add(item)
      }
      // Whoever was away longest is forgotten here, as learners did.
      const learner = merges({ users, mergeUsers, pages: { bring() {} }, arms: { renamed() {} } }, 1_000)
      const waiting: Command[] = []
      let row = 0
      known.load([])
      for (const happened of history) {
        if ('from' in happened) {
          const { from: fromUser, to: toUser, later } = happened
          if (fromUser === toUser) continue
          known.hear(fromUser, toUser, row)
          // The learner takes commands in the order in which they were given.
          const appliedAt = Math.max(row + 1 + later, waiting.at(-1)?.appliedAt ?? 0)
          const command = { commandId: '', kind: 'merge' as const, fromUser, toUser, shares: {}, arm: null }
          waiting.push({ ...command, time: 0, reason: '', appliedAt })
          continue
        }
        row += 1
        const { user } = happened
        const standing = known.touch(user, !taken.has(user), row)
        if (standing === 'forgotten') {
          const slot = users.touch(learner.whoIs(user))
          for (const one of known.merged.ids(user)) for (const item of taken.get(one) ?? []) kept[slot]!.add(item)
        }
        while (waiting.length > 0 && waiting[0]!.appliedAt! <= row) learner.schedule(waiting.shift()!)
        learner.begin(row)
        const slot = users.touch(learner.whoIs(user))
        kept[slot]!.add(row)
        taken.set(user, [...(taken.get(user) ?? []), row])
        const theirs = [...taken]
          .filter(([one]) => learner.whoIs(one) === learner.whoIs(user))
          .flatMap(([, all]) => all)
        expect(theirs.filter(item => !kept[slot]!.has(item))).toEqual([])
      }
    }),
    {
      numRuns: 1_000,
      examples: [
        [2, second],
        [2, evicted],
      ],
    },
  )
})
