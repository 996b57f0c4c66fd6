import { expect, test } from 'vitest'
import { itemTags } from '../../../src/ranking/item-tags.ts'
import { sequenceNetwork } from '../../../src/ranking/sequence/network.ts'
import { sequenceScores } from '../../../src/ranking/sequence/sequence-scores.ts'
import { stepReach, steps } from '../../../src/ranking/sequence/steps.ts'
import { seededRandom } from '../../../src/state/random.ts'
import { copies } from '../../../src/state/saved-arrays.ts'

const items = 40
const made = (networks = 1) => {
  const tags = itemTags()
  const sequences = sequenceScores(tags, { networks, seed: 3, size: 8, hidden: 12, others: 20, capacity: 512 })
  for (let item = 0; item < items; item++) {
    tags.reset(item)
    sequences.reset(item)
  }
  return { tags, sequences }
}
/** People go round in rings of four items: after 4k + n comes 4k + (n + 1) mod 4. */
const next = (item: number) => item - (item % 4) + ((item + 1) % 4)
const walk = ({ sequences }: ReturnType<typeof made>, count: number, from = 0) => {
  const random = seededRandom(1, 'walk')
  const history = new Int32Array(4)
  for (let n = 0; n < from + count; n++) {
    const start = random.integer(items)
    history.set([start])
    if (n >= from) sequences.learn(history, 1, next(start))
  }
}

test('what comes next is scored above what does not', () => {
  const world = made()
  walk(world, 3_000)
  let first = 0
  for (let item = 0; item < items; item++) {
    const score = world.sequences.scores(Int32Array.of(item), 1)
    const best = Array.from({ length: items }, (_, k) => k).sort((a, b) => score(b) - score(a))[0]
    if (best === next(item)) first += 1
  }
  expect(first).toBeGreaterThanOrEqual(36)
})

test('what is saved goes on as if it had never stopped', () => {
  const [through, before] = [made(2), made(2)]
  walk(through, 600)
  walk(before, 300)
  const after = made(2)
  after.tags.restore({ generation: before.tags.save(items)['generation']! })
  after.sequences.restore(copies(before.sequences.save(items)))
  walk(after, 300, 300)
  expect(after.sequences.save(items)).toEqual(through.sequences.save(items))
})

test('an item whose slot passed to another one is nothing that was learned', () => {
  const { tags, sequences } = made()
  walk({ tags, sequences }, 500)
  tags.reset(5)
  sequences.reset(5)
  const score = sequences.scores(Int32Array.of(5), 1)
  expect(score(5)).toBe(0)
  expect(score(7)).toBe(sequences.scores(Int32Array.of(-1), 1)(7))
  walk({ tags, sequences }, 500)
})

test('the gradient of a step is that of the corrected softmax', () => {
  const random = seededRandom(2, 'gradient')
  const sizes = { size: 3, hidden: 4, rate: 0 }
  const [history, others, corrections] = [Int32Array.of(1, 0, 2), Int32Array.of(3, 4), Float64Array.of(-1, -2, -0.5)]
  const network = sequenceNetwork({ ...sizes, rate: 1e-4 }, random)
  for (let item = 0; item < 6; item++) {
    network.reset(item)
    network.begin(item)
  }
  const loss = () => {
    network.look(history, 3)
    const logits = [5, 3, 4].map((item, n) => network.score(item) - corrections[n]!)
    return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[0]!
  }
  const before = loss()
  for (let n = 0; n < 50; n++) network.learn(history, 3, 5, others, corrections)
  expect(loss()).toBeLessThan(before)
})

test('steps remember what came before, what they hold of each item, and forget the oldest', () => {
  const tags = itemTags()
  const past = steps(tags, 4, seededRandom(1, 'steps'))
  for (let item = 0; item < 6; item++) {
    tags.reset(item)
    past.reset(item)
    past.meet(item)
  }
  for (let item = 0; item < 6; item++) past.add(Int32Array.of(item === 0 ? -1 : item - 1), 1, item)
  expect(past.held).toBe(4)
  const into = new Int32Array(stepReach)
  const seen = new Set<string>()
  for (let n = 0; n < 100; n++) seen.add(`${past.read(past.any(), into)} after ${into[0]}`)
  expect([...seen].sort()).toEqual(['2 after 1', '3 after 2', '4 after 3', '5 after 4'])
  expect(past.logChance(0)).toBeLessThan(past.logChance(5))
  expect(Math.exp(past.logChance(5))).toBeCloseTo(0.5 / 5 + 0.5 / 6, 3)
  tags.reset(4)
  past.reset(4)
  for (let n = 0; n < 100; n++) {
    past.sample(into)
    expect([...into]).not.toContain(4)
  }
})
