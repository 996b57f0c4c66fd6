import { expect, test } from 'vitest'
import { servedLists } from '../../../src/learner/served/served-lists.ts'

const hour = 3_600_000
const yes = () => true

function judge(arms = ['control', 'trial']) {
  const lists = servedLists({ arms, length: 20, itemId: slot => `item-${slot}` })
  for (let user = 0; user < 4; user++) lists.resetUser(user)
  for (let item = 0; item < 40; item++) lists.resetItem(item)
  return lists
}

test('a target event is held against the list that stands for its user', () => {
  const lists = judge()
  expect(lists.target(0, 3, 0)).toBeNull()
  lists.list(0, { arm: 1, policy: 4, time: 0 }, [7, 3])
  expect(lists.target(0, 3, hour)).toEqual({ place: 1, arm: 1, policy: 4 })
  expect(lists.target(0, 9, hour)).toEqual({ place: -1, arm: 1, policy: 4 })
  expect(lists.target(1, 3, hour)).toBeNull()
  lists.resetUser(0)
  expect(lists.target(0, 3, hour)).toBeNull()
})

test('scores are by arm: hits, ranks, recall of lists and the share of items shown', () => {
  const lists = judge()
  lists.list(0, { arm: 0, policy: 4, time: 0 }, [7, 3])
  lists.target(0, 3, hour)
  lists.target(0, 9, hour)
  lists.list(0, { arm: 0, policy: 4, time: hour }, [7, 3, 8, 9, 10, 11])
  lists.target(0, 11, hour)
  const [all, recent, none] = lists.scores(yes, 40)
  expect(all).toEqual({
    ...{ arm: 'control', span: 'all', events: 3, hr5: 1 / 3, hr10: 2 / 3, hr20: 2 / 3, recall10: (1 / 2 + 1) / 2 },
    ...{ ndcg10: (1 / Math.log2(3) + 1 / Math.log2(7)) / 3, mrr20: (1 / 2 + 1 / 6) / 3, coverage: 6 / 40 },
  })
  expect(recent).toEqual({ ...all, span: 'recent' })
  expect(none).toMatchObject({ arm: 'trial', events: 0, hr10: 0, coverage: 0 })
})

test('the recent scores are of the last day of event time', () => {
  const lists = judge(['all'])
  lists.list(0, { arm: 0, policy: 0, time: 0 }, [1, 2])
  lists.target(0, 1, hour)
  lists.list(1, { arm: 0, policy: 0, time: 30 * hour }, [2, 5])
  lists.target(1, 9, 30 * hour)
  const [all, recent] = lists.scores(yes, 40)
  expect([all!.hr10, all!.coverage, all!.events]).toEqual([0.5, 3 / 40, 2])
  expect([recent!.hr10, recent!.coverage, recent!.events]).toEqual([0, 2 / 40, 1])
})

test('no more than ten thousand events are recent', () => {
  const lists = judge(['all'])
  lists.list(0, { arm: 0, policy: 0, time: 0 }, [1])
  for (let n = 0; n < 10_000; n++) lists.target(0, 1, n)
  for (let n = 0; n < 2_500; n++) lists.target(0, 2, n)
  const [all, recent] = lists.scores(yes, 40)
  expect([all!.hr10, recent!.hr10, recent!.events]).toEqual([0.8, 0.75, 10_000])
})

test('coverage counts what may be shown, and follows items as their slots pass on', () => {
  const lists = judge(['all'])
  lists.list(0, { arm: 0, policy: 0, time: 0 }, [1, 2])
  lists.exchangedItems(2, 30)
  lists.resetItem(1)
  expect(lists.scores(item => item < 10, 40)[0]!.coverage).toBe(0)
  expect(lists.scores(item => item >= 30, 40)[0]!.coverage).toBe(1 / 10)
})

test('restored in the middle it goes on as if it had never stopped', () => {
  const [one, other] = [judge(), judge()]
  const firstHalf = (lists: typeof one) => {
    lists.list(0, { arm: 0, policy: 1, time: 0 }, [1, 2, 3])
    lists.list(1, { arm: 1, policy: 2, time: hour }, [4, 5])
    for (let n = 0; n < 100; n++) lists.target(n % 2, n % 7, n)
  }
  const secondHalf = (lists: typeof one) => {
    for (let n = 0; n < 50; n++) lists.target(n % 2, n % 5, 2 * hour)
    lists.list(0, { arm: 1, policy: 2, time: 3 * hour }, [6])
    lists.target(0, 6, 3 * hour)
  }
  firstHalf(one)
  other.restore(one.save(4, 40))
  secondHalf(one)
  secondHalf(other)
  expect(other.scores(yes, 40)).toEqual(one.scores(yes, 40))
  expect(other.save(4, 40)).toEqual(one.save(4, 40))
})
