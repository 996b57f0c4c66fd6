import { expect, test } from 'vitest'
import type { PlanningAgent } from '../../src/agents/planning-agent.ts'
import { type PopularityOptions, popularityAgent } from '../../src/agents/popularity.ts'
import { plainCatalogue } from './plain-catalogue.ts'

const made = (options: PopularityOptions = {}) => popularityAgent({ catalogue: plainCatalogue(6), options })
const see = (agent: PlanningAgent, item: number, reward: number, learn = true) =>
  agent.observe(0, { item, reward, like: 0, time: 0, decided: 0, propensity: 0 }, learn)
const listOf = (agent: PlanningAgent, allowed: (item: number) => boolean = () => true) =>
  agent.choose(0, { time: 0, length: 3, allowed, explore: true }).map(({ item }) => item)

test('shows what has gathered most reward from anybody, certainly', () => {
  const agent = made()
  for (const [item, reward] of [
    [4, 0.9],
    [1, 0.5],
    [1, 0.6],
    [3, 0.1],
  ] as const)
    see(agent, item, reward)
  expect(agent.choose(7, { time: 0, length: 2, allowed: () => true, explore: true })).toEqual([
    { item: 1, propensity: 1, score: expect.closeTo(1.1) },
    { item: 4, propensity: 1, score: expect.closeTo(0.9) },
  ])
  expect(listOf(agent, item => item !== 1)).toEqual([4, 3, 0])
})

test('begins with the counts that it is given', () => {
  expect(listOf(made({ counts: [1, 5, 3, 0, 9, 2] }))).toEqual([4, 1, 2])
})

test('learns nothing from what it is only to look at', () => {
  const agent = made()
  see(agent, 5, 1, false)
  expect(listOf(agent)).toEqual([0, 1, 2])
})

test('forgets with its half-life, for however long it runs', () => {
  const agent = made({ halfLife: 2 })
  for (let k = 0; k < 3000; k++) see(agent, 5, 1)
  for (let k = 0; k < 8; k++) see(agent, 2, 1)
  expect(listOf(agent)[0]).toBe(2)
  const old = agent.choose(0, { time: 0, length: 1, allowed: item => item === 5, explore: true })[0]!
  // 1 + 2^(-1/2) + … of what is old, four half-lives ago.
  expect(old.score).toBeCloseTo(1 / (1 - 2 ** -0.5) / 16, 6)
})

test('goes on after a restart as if there had been none', () => {
  const [agent, restarted] = [made({ halfLife: 9 }), made({ halfLife: 9 })]
  for (let k = 0; k < 40; k++) see(agent, (k * k) % 6, 0.3)
  restarted.restore(agent.save(1))
  for (const each of [agent, restarted]) see(each, 4, 1)
  expect(restarted.save(1)).toEqual(agent.save(1))
})
