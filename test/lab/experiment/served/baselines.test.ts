import { expect, test } from 'vitest'
import type { ServedEvent } from '../../../../src/lab/experiment/served/baselines/baseline.ts'
import { listMaker } from '../../../../src/lab/experiment/served/baselines/list-maker.ts'
import { servedBaselines } from '../../../../src/lab/experiment/served/baselines/registry.ts'

const minute = 60_000
const all = (_item: number): boolean => true

/** A list of a baseline after users 0, 1, 2 … did `events` as [user, item], a minute apart. */
function listOf(name: string, events: readonly [number, number][], { may = all, length = 3, user = 0 } = {}): number[] {
  const lists = listMaker(servedBaselines[name]!({ users: 1301, items: 20 }), 20, length)
  const row = ([of, item]: [number, number], k: number): ServedEvent => ({
    ...{ user: of, item, time: k * minute, target: item < 10 },
  })
  for (const [k, event] of events.entries()) lists.learn(row(event, k))
  return lists.list(user, events.length * minute, may)
}

test('popularity is what most did of late, targets alone where asked', () => {
  const events: [number, number][] = [...[3, 3, 3, 12, 12, 12, 12, 5].entries()]
  expect(listOf('decayed popularity', events)).toEqual([12, 3, 5])
  expect(listOf('decayed popularity of targets', events, { length: 2 })).toEqual([3, 5])
})

test('what must not be shown is in no list, and popularity fills what is left', () => {
  const events: [number, number][] = [...[3, 3, 4, 4, 4, 5].entries()]
  for (const name of Object.keys(servedBaselines)) {
    const list = listOf(name, events, { may: item => item !== 4, length: 5 })
    expect([...list].sort(), name).toEqual([3, 5])
  }
})

test('neighbours of every kind find what goes with the last item, and repeats come back where they may', () => {
  // Twenty users take 1 then 2, or 6 then 7; 6 and 7 are the more popular by far.
  const pairs = Array.from({ length: 15 }, (_, k): [number, number][] => [
    [k + 1, k % 3 === 0 ? 1 : 6],
    [k + 1, k % 3 === 0 ? 2 : 7],
  ])
  const events: [number, number][] = [...pairs.flat(), [0, 1]]
  for (const name of ['item-kNN', 'sequential rules', 'V-SkNN']) {
    expect(listOf(name, events, { may: item => item !== 1, length: 1 }), name).toEqual([2])
  }
  expect(listOf('repeat last', [...events, [0, 4]], { length: 2 })).toEqual([4, 1])
})

test('EASE finds what goes together once items are common enough', () => {
  // Each user has an item and its partner, ten further on.
  const events = Array.from({ length: 1300 }, (_, user): [number, number][] => [
    [user + 1, user % 10],
    [user + 1, (user % 10) + 10],
  ]).flat()
  expect(listOf('EASE with recency', [...events, [0, 3]], { may: item => item !== 3, length: 1 })).toEqual([13])
})
