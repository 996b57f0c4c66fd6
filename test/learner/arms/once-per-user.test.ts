import { expect, test } from 'vitest'
import { popularityAgent } from '../../../src/agents/popularity.ts'
import { oncePerUser } from '../../../src/learner/arms/once-per-user.ts'
import { itemTags } from '../../../src/ranking/item-tags.ts'
import { nothingKnown } from '../../agents/nothing-known.ts'

const catalogue = {
  ...{ itemSize: 0, profileSize: 0, itemCount: 60, version: 0, itemVectors: () => new Float32Array(0) },
  readProfile: () => {},
  readTaste: () => {},
  ...nothingKnown(60),
}

function popular() {
  const tags = itemTags()
  for (let item = 0; item < 60; item++) tags.reset(item)
  const agent = oncePerUser(popularityAgent({ catalogue }), tags)
  for (let user = 0; user < 5; user++) agent.resetUser(user)
  let time = 0
  const event = (user: number, item: number, reward: number, again = false) => {
    time += 1_000
    const shown = { item, again, reward, like: 0, time, decided: time, propensity: 0 }
    agent.observe(user, shown, true)
  }
  const scores = () =>
    Object.fromEntries(
      agent
        .choose(0, { time, length: 60, allowed: () => true, explore: false })
        .map(({ item, score }) => [item, score]),
    )
  return { agent, event, scores }
}

test('a thousand events of one user for an item are worth less than two people', () => {
  const { event, scores } = popular()
  for (let n = 0; n < 1_000; n++) event(0, 7, 1, n > 0)
  for (const user of [1, 2]) event(user, 8, 0.6)
  expect(scores()[7]).toBe(1)
  expect(scores()[8]).toBeCloseTo(1.2, 6)
})

test('a step and then a purchase are one purchase', () => {
  const { event, scores } = popular()
  event(0, 7, 0.25)
  event(0, 7, 1, true)
  event(0, 7, 0.25, true)
  expect(scores()[7]).toBe(1)
})

test('whoever goes round more items than are remembered gives none of them more', () => {
  const { event, scores } = popular()
  for (let n = 0; n < 600; n++) event(0, n % 50, 1, n >= 50)
  expect(scores()[3]).toBe(1)
})

test('restored, it knows who gave what, and who is forgotten gives anew', () => {
  const first = popular()
  first.event(0, 7, 0.5)
  const again = popular()
  again.agent.restore(first.agent.save(5))
  again.event(0, 7, 0.5, true)
  expect(again.scores()[7]).toBe(0.5)
  again.agent.forgetUser(0)
  again.event(0, 7, 0.5)
  expect(again.scores()[7]).toBe(1)
})
