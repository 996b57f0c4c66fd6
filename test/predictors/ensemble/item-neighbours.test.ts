import { expect, test } from 'vitest'
import { createInteractions, type Interactions } from '../../../src/predictors/ensemble/interactions.ts'
import { itemNeighbours, neighbourDefaults } from '../../../src/predictors/ensemble/item-neighbours.ts'
import { seededRandom } from '../../../src/state/random.ts'

const [users, items] = [25, 18]

function create(capacity: number) {
  const interactions = createInteractions({ history: 100, past: 100, width: 2 })
  for (let user = 0; user < users; user++) interactions.resetUser(user)
  for (let item = 0; item < items; item++) interactions.resetItem(item)
  return { interactions, neighbours: itemNeighbours({ ...neighbourDefaults, capacity, interactions, column: 1 }) }
}

function note(interactions: Interactions, user: number, item: number, residual: number): void {
  const at = interactions.add(user, item, 0)
  interactions.ofUsers.values[2 * at + 1] = residual
}

/** Every user meets every item once, in an order of chance, with residuals of two kinds of taste. */
function events() {
  const random = seededRandom(4, 'events')
  const all = Array.from({ length: users * items }, (_, k) => {
    const [user, item] = [k % users, Math.floor(k / users)]
    return {
      user,
      item,
      residual: ((user + item) % 2 === 0 ? 0.7 : -0.7) + 0.3 * random.normal(),
      key: random.uniform(),
    }
  })
  return all.sort((a, b) => a.key - b.key)
}

test('with room for all pairs, say what the definition says', () => {
  const { interactions, neighbours } = create(1 << 12)
  const table = () => Array.from({ length: items }, () => new Array<number>(items).fill(0))
  const [both, own, count] = [table(), table(), table()]
  const histories = Array.from({ length: users }, () => [] as { item: number; residual: number }[])
  for (const { user, item, residual } of events()) {
    let [sum, weight] = [0, 1]
    for (const past of histories[user]!) {
      const shared = count[item]![past.item]!
      const scale = Math.sqrt(own[item]![past.item]! * own[past.item]![item]! + 1e-9)
      const similarity = ((both[item]![past.item]! / scale) * shared) / (shared + 25)
      if (shared < 2 || similarity <= 0.02) continue
      sum += similarity * past.residual
      weight += similarity
    }
    expect(neighbours.predict(user, item)).toBeCloseTo(sum / weight, 5)
    neighbours.learn(user, item, residual)
    note(interactions, user, item, residual)
    for (const past of histories[user]!) {
      const [a, b] = [item, past.item]
      both[a]![b]! += residual * past.residual
      both[b]![a]! += residual * past.residual
      own[a]![b]! += residual ** 2
      own[b]![a]! += past.residual ** 2
      count[a]![b]! += 1
      count[b]![a]! += 1
    }
    histories[user]!.push({ item, residual })
  }
})

test('hold no more pairs than they may, and forget an item whose slot was given away', () => {
  const { interactions, neighbours } = create(64)
  for (const { user, item, residual } of events()) {
    neighbours.learn(user, item, residual)
    note(interactions, user, item, residual)
  }
  expect(neighbours.pairs).toBeLessThanOrEqual(64)
  interactions.resetItem(3)
  for (let user = 0; user < users; user++) expect(neighbours.predict(user, 3)).toBe(0)
})

test('name no item for one whose slot has passed to another, though what is known of it still counts', () => {
  const { interactions, neighbours } = create(1 << 12)
  for (const { user, item, residual } of events()) {
    if (user === 0 && item === 1) continue
    neighbours.learn(user, item, residual)
    note(interactions, user, item, residual)
  }
  const before = neighbours.because(0, 1)
  const gone = before[0]!.item
  const expected = neighbours.predict(0, 1)
  interactions.resetItem(gone)
  expect(neighbours.because(0, 1)).toEqual(before.slice(1))
  expect(neighbours.predict(0, 1)).toBe(expected)
})
