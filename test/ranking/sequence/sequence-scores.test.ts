import { expect, test } from 'vitest'
import { itemTags } from '../../../src/ranking/item-tags.ts'
import { perItem } from '../../../src/ranking/item-tokens.ts'
import { sequenceNetwork } from '../../../src/ranking/sequence/network.ts'
import { sequenceScores } from '../../../src/ranking/sequence/sequence-scores.ts'
import { stepReach, steps } from '../../../src/ranking/sequence/steps.ts'
import { seededRandom } from '../../../src/state/random.ts'
import { copies } from '../../../src/state/saved-arrays.ts'

const items = 40
/** Items of a ring have one token, and all have another. */
const ofItems = new Int32Array(items * perItem).fill(-1)
for (let item = 0; item < items; item++) ofItems.set([Math.floor(item / 4), 10], item * perItem)

const made = (networks = 1, tokens = { ofItems: new Int32Array(0) }) => {
  const tags = itemTags()
  const sequences = sequenceScores(tags, { networks, seed: 3, size: 8, hidden: 12, others: 20, capacity: 512, tokens })
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

test.each([
  { what: 'items alone', tokens: { ofItems: new Int32Array(0) } },
  { what: 'items and tokens', tokens: { ofItems } },
])('what is saved goes on as if it had never stopped: $what', ({ tokens }) => {
  const [through, before] = [made(2, tokens), made(2, tokens)]
  walk(through, 600)
  walk(before, 300)
  const after = made(2, tokens)
  after.tags.restore({ generation: before.tags.save(items)['generation']! })
  after.sequences.restore(copies(before.sequences.save(items)))
  walk(after, 300, 300)
  expect(after.sequences.save(items)).toEqual(through.sequences.save(items))
})

test('an item that nobody has had yet is scored by what it has in common with others', () => {
  const world = made(1, { ofItems })
  const random = seededRandom(1, 'walk')
  // Item 3 of each ring is left out.
  for (let n = 0; n < 2_000; n++) {
    const start = 4 * random.integer(10)
    world.sequences.learn(Int32Array.of(start), 1, start + 1 + random.integer(2))
  }
  let first = 0
  for (let ring = 0; ring < 10; ring++) {
    const score = world.sequences.scores(Int32Array.of(4 * ring), 1)
    const never = Array.from({ length: 10 }, (_, k) => 4 * k + 3).sort((a, b) => score(b) - score(a))
    if (never[0] === 4 * ring + 3) first += 1
  }
  expect(first).toBeGreaterThanOrEqual(9)
})

test('whoever only asks for scores leaves no trace, not of tokens either', () => {
  const world = made(1, { ofItems })
  walk(world, 5)
  const before = copies(world.sequences.save(items))
  for (let item = 0; item < items; item++) world.sequences.scores(Int32Array.of(item), 1)(item)
  expect(world.sequences.save(items)).toEqual(before)
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

test.each([
  { what: 'items alone', tokens: { ofItems: new Int32Array(0) } },
  { what: 'items and tokens', tokens: { ofItems } },
])('the gradient of a step is that of the corrected softmax: $what', ({ tokens }) => {
  const random = seededRandom(2, 'gradient')
  const sizes = { size: 3, hidden: 4, rate: 0 }
  const [history, others, corrections] = [Int32Array.of(1, 0, 2), Int32Array.of(3, 4), Float64Array.of(-1, -2, -0.5)]
  const network = sequenceNetwork({ ...sizes, rate: 1e-4 }, tokens, random)
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
