import { beforeAll, describe, expect, test } from 'vitest'
import { createLearner } from '../../src/learner/create-learner.ts'
import type { Learner } from '../../src/learner/learner.ts'
import { type Backend, openBackend } from '../../src/nn/backend.ts'
import type { Command } from '../../src/records/command.ts'
import type { Change } from '../../src/records/interest-block.ts'
import { type SmallEvent, smallPipeline, smallWorld, toBlocks } from './interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend('wasm')
})

const definition = smallPipeline({}, { everyMs: 0, epsilon: 0 })
const count = 300
const merge = (fromUser: string, toUser: string, appliedAt: number | null = null): Command => {
  return {
    commandId: `${fromUser} ${toUser}`,
    kind: 'merge',
    fromUser,
    toUser,
    shares: {},
    arm: null,
    time: 0,
    reason: '',
    appliedAt,
  }
}
/** The small world's people, and somebody who comes as a cookie and then logs in. */
const events: SmallEvent[] = smallWorld(count, 3).map((event, k) =>
  k % 20 === 7 ? { ...event, user: 'cookie' } : event,
)
const blocks = (all: readonly SmallEvent[]) => toBlocks(all, { shortLength: 4, size: 100 })
const made = (): Learner => createLearner({ definition, backend })
const listsOf = (learner: Learner, all: readonly SmallEvent[], from = 0) =>
  blocks(all)
    .flatMap(block => learner.consume(block, 0, block.sequence.length).recommendations)
    .slice(from)

test('under a name that was not known yet, everything goes on as under the first', () => {
  const [named, merged] = [made(), made()]
  merged.schedule(merge('cookie', 'ann', 151))
  // The whole stream under the later name, against the name changing in the middle.
  const later = events.map(event => (event.user === 'cookie' ? { ...event, user: 'ann' } : event))
  const expected = listsOf(named, later).filter(({ sequence }) => sequence > 150)
  const lists = listsOf(merged, events).filter(({ sequence }) => sequence > 150)
  expect(lists.some(({ userId }) => userId === 'cookie')).toBe(false)
  expect(lists.filter(({ userId }) => userId === 'ann')).toHaveLength(
    expected.filter(({ userId }) => userId === 'ann').length,
  )
  expect(lists.map(({ userId }) => userId)).toEqual(expected.map(({ userId }) => userId))
  named.dispose()
  merged.dispose()
})

describe('of two who are known', () => {
  test('what the first one took is never shown to the second', () => {
    const learner = made()
    learner.schedule(merge('cookie', 'u1', 151))
    const taken = new Set(events.slice(0, 150).flatMap(({ user, item }) => (user === 'cookie' ? [item] : [])))
    expect(taken.size).toBeGreaterThan(3)
    const lists = listsOf(learner, events).filter(({ userId, sequence }) => userId === 'u1' && sequence > 150)
    expect(lists.length).toBeGreaterThan(5)
    for (const { items } of lists) for (const { itemId } of items) expect(taken).not.toContain(itemId)
    learner.dispose()
  })

  test('what the first one brings back later is never shown to the second', () => {
    const learner = made()
    learner.schedule(merge('cookie', 'u1', 151))
    const [item] = [...new Set(events.map(event => event.item))].slice(-1) as [string]
    const change: Change = { kind: 'excluded', number: 1, before: 0, id: 'cookie', items: [item], until: [Infinity] }
    const [first, second, ...rest] = blocks(events)
    const lists = [first!, second!, ...rest.map((block, k) => (k === 0 ? { ...block, changes: [change] } : block))]
      .flatMap(block => learner.consume(block, 0, block.sequence.length).recommendations)
      .filter(({ userId, sequence }) => userId === 'u1' && sequence > 200)
    expect(lists.length).toBeGreaterThan(2)
    for (const { items } of lists) expect(items.map(({ itemId }) => itemId)).not.toContain(item)
    learner.dispose()
  })

  test('a learner that is restored after it, or before it with the command again, equals one that never stopped', () => {
    const whole = made()
    whole.schedule(merge('cookie', 'u1', 151))
    const all = blocks(events)
    for (const block of all) whole.consume(block, 0, block.sequence.length)
    for (const stop of [1, 2]) {
      const first = made()
      first.schedule(merge('cookie', 'u1', 151))
      for (const block of all.slice(0, stop)) first.consume(block, 0, block.sequence.length)
      const second = made()
      second.restore(first.save())
      if (stop === 1) second.schedule(merge('cookie', 'u1', 151))
      for (const block of all.slice(stop)) second.consume(block, 0, block.sequence.length)
      expect(second.save()).toEqual(whole.save())
      first.dispose()
      second.dispose()
    }
    whole.dispose()
  })
})

test.each([
  ['one and the same', merge('u1', 'u1')],
  ['nobody', { ...merge('u1', 'u2'), toUser: null }],
])('a merge with %s is refused, and changes nothing', (_, command) => {
  const learner = made()
  const { command: taken, followed } = learner.accept(command)
  expect(followed).toBe(false)
  expect(taken.reason).toMatch(/^Refused: it needs two users who are not one already/)
  learner.schedule(taken)
  learner.dispose()
})

test('a merge that is scheduled while the two are one holds, where one of them is forgotten before it', () => {
  const forget: Command = {
    ...{ ...merge('', ''), commandId: 'forget u1', kind: 'forget', fromUser: null, toUser: null, appliedAt: 151 },
    forget: { people: ['u1'], stage: 'accepted', upTo: 150, until: {}, removed: {} },
  }
  const made = () =>
    createLearner({ definition, backend, isOf: ({ forget }, id) => forget?.people.includes(id) === true })
  const [first, later] = [merge('cookie', 'u1', 51), { ...merge('cookie', 'u1', 251), commandId: 'again' }]
  const all = blocks(events)
  const restarted = made()
  restarted.schedule(first)
  restarted.schedule(forget)
  const asItCame = made()
  asItCame.schedule(first)
  asItCame.schedule(forget)
  for (const [k, block] of all.entries()) {
    restarted.consume(block, 0, block.sequence.length)
    // Whoever goes on from there has all that came later scheduled while the two are one.
    if (k === 0) restarted.schedule(later)
    // Whoever was never stopped has it once it is forgotten that they were.
    if (k === 2) asItCame.schedule(later)
    asItCame.consume(block, 0, block.sequence.length)
  }
  expect(restarted.save()).toEqual(asItCame.save())
  expect(asItCame.accept(merge('cookie', 'u1')).followed).toBe(false)
  restarted.dispose()
  asItCame.dispose()
})

test('a chain of merges leads to its end, and a circle is refused', () => {
  const learner = made()
  learner.schedule(merge('cookie', 'u1', 101))
  learner.schedule(merge('u1', 'u2', 151))
  const lists = listsOf(learner, events).filter(({ sequence }) => sequence > 150)
  for (const { userId } of lists) expect(['cookie', 'u1']).not.toContain(userId)
  expect(learner.accept(merge('u2', 'cookie')).followed).toBe(false)
  learner.dispose()
})
