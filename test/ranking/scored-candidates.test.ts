import fc from 'fast-check'
import { expect, test } from 'vitest'
import { onlineRanker } from '../../src/ranking/online-ranker.ts'
import { bestPlaces, scoredCandidates } from '../../src/ranking/scored-candidates.ts'

const hour = 3_600_000

/** Items 0 … 9, of which item k was wanted by k + 1 people, as candidates for somebody new. */
function tenItems() {
  const ranker = onlineRanker({
    ...{ width: 128, recent: 40, halfLives: [1000, 1000, 1000] as const, returns: false, easeItems: 0 },
    ...{ extraNames: ['own taste'], lateNames: ['expected reward', 'critic value'] },
    vectors: { width: 0, write: () => {} },
  })
  for (let user = 0; user < 11; user++) ranker.resetUser(user)
  for (let item = 0; item < 10; item++) ranker.resetItem(item)
  for (let item = 0; item < 10; item++) {
    for (let user = 0; user <= item; user++) {
      ranker.observe({ user, item, met: false, time: hour, worth: 1, behaviours: 1 })
    }
  }
  const found = Int32Array.from({ length: 10 }, (_, item) => item)
  const scored = scoredCandidates({
    ranker,
    pool: { found } as unknown as Parameters<typeof scoredCandidates>[0]['pool'],
    catalogue: { affinity: () => 0 },
  })
  const asked: number[] = []
  const itemScores = {
    expect(item: number) {
      asked.push(item)
      return item === 7 ? 0.9 : 0.1
    },
    value: () => 0,
  }
  return { ranker, scored, itemScores, asked }
}

test('the serving policy is asked about the best candidates alone, and later about whatever is drawn', () => {
  const { scored, itemScores, asked } = tenItems()
  scored.rank(10, hour, 10, itemScores, { most: 4 })
  expect(asked).toEqual([6, 7, 8, 9])
  expect(scored.spread().mean).toBeCloseTo(0.3)
  expect(scored.expected(7)).toBe(0.9)
  expect(asked).toHaveLength(4)
  expect(scored.expected(2)).toBe(0.1)
  expect(scored.expected(2)).toBe(0.1)
  expect(asked).toEqual([6, 7, 8, 9, 2])
})

test('what it expects counts among those that it was asked about; the others stand at the mean', () => {
  const { ranker, scored, itemScores } = tenItems()
  scored.rank(10, hour, 10, itemScores, { most: 4 })
  const expectation = (candidate: number) =>
    ranker.why(10, candidate).find(({ feature }) => feature === 'expected reward')!.standing
  expect([0, 1, 2, 3, 4, 5].map(expectation)).toEqual([0, 0, 0, 0, 0, 0])
  expect(expectation(7)).toBeCloseTo(Math.sqrt(3))
  for (const candidate of [6, 8, 9]) expect(expectation(candidate)).toBeCloseTo(-1 / Math.sqrt(3))
})

test('a rule that lifts an item has the policy asked about it', () => {
  const { scored, itemScores, asked } = tenItems()
  scored.rank(10, hour, 10, itemScores, { most: 2, lift: item => (item === 0 ? 100 : 0) })
  expect(asked).toEqual([0, 9])
})

test('the best places are those of sorting the keys, the first of equal ones', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 40 }), fc.nat(45), (keys, most) => {
      const into = new Int32Array(40)
      const held = bestPlaces(Float64Array.from(keys), keys.length, most, into)
      const sorted = keys.map((_, at) => at).sort((a, b) => keys[b]! - keys[a]! || a - b)
      expect([...into.subarray(0, held)]).toEqual(sorted.slice(0, most).sort((a, b) => a - b))
    }),
    { seed: 3 },
  )
})
