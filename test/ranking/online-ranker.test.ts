import { expect, test } from 'vitest'
import { onlineRanker } from '../../src/ranking/online-ranker.ts'
import { channels } from '../../src/ranking/transitions.ts'

const [recent, items, minute] = [40, 46, 60_000]

/** One user goes round more items than are remembered of anybody. */
function roundsOf(rounds: number) {
  const ranker = onlineRanker({
    ...{ width: 128, recent, halfLives: [1000, 1000, 1000] as const, returns: true, easeItems: 0, extraNames: [] },
    vectors: { width: 0, write: () => {} },
  })
  ranker.resetUser(0)
  for (let item = 0; item < items; item++) ranker.resetItem(item)
  for (let n = 0; n < rounds * items; n++) {
    const event = { user: 0, item: n % items, met: n >= items, time: n * minute, worth: 1, behaviours: 1 }
    ranker.observe(event)
  }
  const { transitions } = ranker
  let led = 0
  for (let place = transitions.from(0); place < transitions.to(0); place++) {
    led += transitions.weights[channels * place]! * transitions.scale
  }
  return { people: ranker.popularity.count(0), led }
}

test('whoever goes round more items than are remembered of a person is one person, however often', () => {
  const [once, often] = [roundsOf(1), roundsOf(12)]
  expect(once.people).toBeCloseTo(1, 1)
  expect(often.people).toBeLessThanOrEqual(1.01)
  expect(often.led).toBeLessThanOrEqual(1.01 * once.led)
})
