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

test('nothing is promoted while lists are not steady', () => {
  const served = gate(['popularity', 'bias'], { margin: 0.05, halfLife: 100 })
  for (let n = 0; n < 200; n++) served.add([0.1, 0.05])
  served.decide(false)
  expect(served.champion).toBe('popularity')
  served.decide(true)
  expect(served.champion).toBe('bias')
})

test('a promotion that makes lists worse is taken back, and not tried again for a while', () => {
  const served = gate(['popularity', 'bias', 'factorisation'], { margin: 0.05, halfLife: 100 })
  const lists = (policy: number, share: number) => {
    for (let n = 0; n < 400; n++) served.judged(policy, n % 10 < 10 * share ? 1 : 0)
  }
  lists(0, 0.5)
  feed(served, 200, [0.1, 0.05, 0.2])
  expect(served.champion).toBe('bias')
  lists(1, 0.2)
  feed(served, 1, [0.1, 0.05, 0.2])
  expect(served.champion).toBe('popularity')
  feed(served, 1000, [0.1, 0.05, 0.2])
  expect(served.champion).toBe('popularity')
  feed(served, 2000, [0.1, 0.05, 0.2])
  expect(served.champion).toBe('bias')
})

test('a promotion whose lists are as good stays, and a restored gate goes on with the trial', () => {
  const options = { margin: 0.05, halfLife: 100 }
  const [one, other] = [gate(['popularity', 'bias'], options), gate(['popularity', 'bias'], options)]
  for (let n = 0; n < 400; n++) one.judged(0, n % 2)
  feed(one, 200, [0.1, 0.05])
  other.restore(one.save())
  for (let n = 0; n < 400; n++) for (const each of [one, other]) each.judged(1, n % 2)
  for (const each of [one, other]) feed(each, 1, [0.1, 0.05])
  expect([one.champion, other.champion]).toEqual(['bias', 'bias'])
  for (let n = 0; n < 600; n++) for (const each of [one, other]) each.judged(1, 0)
  for (const each of [one, other]) feed(each, 1, [0.1, 0.05])
  expect([one.champion, other.champion]).toEqual(['popularity', 'popularity'])
  expect(other.save()).toEqual(one.save())
})

test('nothing is decided before there is evidence', () => {
  const served = gate(['popularity', 'bias'], { margin: 0.05, halfLife: 100 })
  feed(served, 99, [0.1, 0.01])
  expect(served.champion).toBe('popularity')
})
