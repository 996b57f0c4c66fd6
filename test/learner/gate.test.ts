import { expect, test } from 'vitest'
import { gate } from '../../src/learner/gate.ts'

const feed = (each: ReturnType<typeof gate>, count: number, errors: number[]) => {
  for (let n = 0; n < count; n++) each.add(errors)
  each.decide()
}

test('promotes a challenger that leads by the margin, and rolls it back when it turns worse', () => {
  const served = gate(['popularity', 'bias', 'ddpg-la'], { margin: 0.05, halfLife: 100 })
  expect(served.champion).toBe('popularity')
  feed(served, 200, [0.1, 0.08, 0.06])
  expect(served.champion).toBe('ddpg-la')
  feed(served, 400, [0.1, 0.08, 0.5])
  expect(served.champion).toBe('bias')
})

test('a lead within the margin changes nothing', () => {
  const served = gate(['popularity', 'bias'], { margin: 0.05, halfLife: 100 })
  feed(served, 500, [0.1, 0.096])
  expect(served.champion).toBe('popularity')
})

test('nothing is decided before there is evidence', () => {
  const served = gate(['popularity', 'bias'], { margin: 0.05, halfLife: 100 })
  feed(served, 99, [0.1, 0.01])
  expect(served.champion).toBe('popularity')
})
