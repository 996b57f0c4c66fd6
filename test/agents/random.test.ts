import { expect, test } from 'vitest'
import { randomAgent } from '../../src/agents/random.ts'
import { plainCatalogue } from './plain-catalogue.ts'

const asked = { time: 0, length: 3, allowed: (item: number) => item !== 2, explore: true }

test('shows every allowed item equally often, and says with which chance', () => {
  const agent = randomAgent({ catalogue: plainCatalogue(5), seed: 1 })
  const shown = [0, 0, 0, 0, 0]
  for (let k = 0; k < 8000; k++) {
    const choices = agent.choose(0, asked)
    expect(choices.map(({ propensity }) => propensity)).toEqual([1 / 4, 1 / 3, 1 / 2])
    expect(new Set(choices.map(({ item }) => item)).size).toBe(3)
    shown[choices[0]!.item]! += 1
  }
  expect(shown[2]).toBe(0)
  for (const item of [0, 1, 3, 4]) expect(Math.abs(shown[item]! - 2000)).toBeLessThan(5 * Math.sqrt(8000 * 0.25 * 0.75))
})

test('shows what there is where fewer are allowed than asked for', () => {
  const agent = randomAgent({ catalogue: plainCatalogue(5), seed: 1 })
  expect(agent.choose(0, { ...asked, allowed: item => item === 4 })).toEqual([{ item: 4, propensity: 1, score: 0 }])
  expect(agent.choose(0, { ...asked, allowed: () => false })).toEqual([])
})

test('goes on after a restart as if there had been none', () => {
  const [agent, restarted] = [1, 2].map(seed => randomAgent({ catalogue: plainCatalogue(9), seed }))
  for (let k = 0; k < 20; k++) agent!.choose(k, asked)
  restarted!.restore(agent!.save(0))
  for (let k = 0; k < 20; k++) expect(restarted!.choose(k, asked)).toEqual(agent!.choose(k, asked))
})
