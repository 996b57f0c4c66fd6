import { expect, test } from 'vitest'
import { listJudge } from '../../../../src/lab/experiment/served/judge.ts'

test('an event is held against the list that stood when it came', () => {
  const judge = listJudge(2, 40)
  judge.event(0, 3, true) // no list could be there yet
  judge.list(0, [7, 3], false)
  judge.event(0, 3, true) // second place
  judge.list(0, [1, 2, 3], false)
  judge.event(0, 9, false) // nothing, and no target
  judge.event(0, 1, true) // first place of the same list
  const { metrics, perUser } = judge.result()
  expect(metrics).toMatchObject({
    hr5: 1,
    hr10: 1,
    hr20: 1,
    ndcg10: (1 / Math.log2(3) + 1) / 2,
    mrr20: 0.75,
    events: 2,
  })
  expect(metrics).toMatchObject({ hr10Next: 2 / 3, mrr20Next: 0.5, eventsNext: 3 })
  expect(metrics).toMatchObject({ coverage: 4 / 40, firsts: 2, forbidden: 0, lists: 2 })
  expect(perUser).toEqual({ events: [2, 0], sums: { hr10: [2, 0], hr20: [2, 0], mrr20: [1.5, 0] } })
})

test('a place beyond the fifth is a hit at ten, and one beyond the tenth at twenty', () => {
  const judge = listJudge(1, 40)
  const list = Array.from({ length: 20 }, (_, item) => item)
  judge.list(0, list, false)
  judge.event(0, 5, true)
  judge.list(0, list, false)
  judge.event(0, 10, true)
  expect(judge.result().metrics).toMatchObject({ hr5: 0, hr10: 0.5, hr20: 1, mrr5: 0, mrr20: (1 / 6 + 1 / 11) / 2 })
})

test('recall is the share of what a user went for while a list stood, as a mean over lists', () => {
  const judge = listJudge(1, 40)
  judge.list(0, [1, 2], false)
  for (const item of [1, 8, 9, 8]) judge.event(0, item, true) // one of three
  judge.list(0, [4], false)
  judge.event(0, 4, true) // one of one
  judge.list(0, [5], false) // nobody went for anything
  expect(judge.result().metrics['recall10']).toBeCloseTo((1 / 3 + 1) / 2, 12)
  expect(judge.result().metrics['hr10']).toBe(2 / 5)
})

test('where a list was due and there was none, an event is a miss', () => {
  const judge = listJudge(1, 40)
  judge.none(0)
  judge.event(0, 3, true)
  judge.list(0, [3], true)
  judge.none(0) // what stood goes on standing
  judge.event(0, 3, true)
  expect(judge.result().metrics).toMatchObject({ hr10: 0.5, events: 2, forbidden: 1 })
})

test('nothing judged is no score beyond what there is, never NaN', () => {
  expect(Object.values(listJudge(1, 4).result().metrics).every(Number.isFinite)).toBe(true)
})

test('a new item waits from the list before it to the first that holds it; one that is in none, for ever', () => {
  const judge = listJudge(1, 40)
  judge.came([1]) // there from the beginning
  judge.list(0, [1], false)
  judge.came([2, 3, 4])
  judge.list(0, [2], false) // the first
  judge.list(0, [1], false)
  judge.list(0, [2, 3], false) // the third
  expect(judge.result().metrics).toMatchObject({ newItems: 3, listsToFirst: 3 })
  judge.came([5, 6])
  expect(judge.result().metrics).toMatchObject({ newItems: 5, listsToFirst: Number.POSITIVE_INFINITY })
})
