import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import type { Question } from '../../../src/records/question.ts'
import { isLong } from '../../long.ts'
import { formNames, learnAll, type Room, roomOf } from './rooms.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const [few, many] = [10, 1000]
const listFor = (userId: string, explain = true): Question =>
  ({
    ...{ kind: 'list', userId, count: 5, filter: null, exclude: [], includeSeen: false, context: {}, surface: null },
    ...{ now: 0, after: null, unless: null, explain, trace: null },
  }) as unknown as Question
const asked = ({ learner }: Room) =>
  Array.from({ length: 60 }, (_, k) => learner.answer(listFor(`u${k}`))).concat(learner.answer(listFor('nobody')))
const told = ({ learner }: Room) => ({
  ...{ weights: learner.weightsSha256(), scores: learner.scores(), served: learner.served() },
  ...{ users: learner.users, items: learner.items, shares: learner.shares, champion: learner.champion },
})
/** A learner that goes on from what another one has saved, with another room. */
const goOn = (from: Room, form: string, maxUsers: number): Room => {
  const next = roomOf(backend, form, maxUsers)
  next.learner.restore(structuredClone(from.learner.save()))
  return next
}
/** What is held of each user who is not in memory. */
const bytesOf = ({ cold }: Room) =>
  Array.from({ length: 80 }, (_, user) => {
    const bytes = cold.get(user)
    return bytes === null ? null : Buffer.from(bytes).toString('base64')
  })

describe.each(formNames)('%s: room for few users and for all are the same', form => {
  test('in all that is published, in what those are answered who ask, and in what is held of each user', () => {
    const [small, large] = [few, many].map(room => learnAll(roomOf(backend, form, room), 1))
    expect(small!.cold.held).toBeGreaterThan(40)
    expect(large!.cold.held).toBe(0)
    expect(small!.output.recommendations.length).toBeGreaterThan(50)
    expect(small!.output).toEqual(large!.output)
    expect(told(small!)).toEqual(told(large!))
    expect(asked(small!)).toEqual(asked(large!))
    expect(told(small!)).toEqual(told(large!))
    expect(bytesOf(small!)).toEqual(bytesOf(goOn(large!, form, few)))
  })

  test('when it is stopped and goes on, with less room or more, and while people ask', () => {
    const rooms = [few, 25, many, 12, 2]
    const straight = learnAll(roomOf(backend, form, many), 2)
    const moved = learnAll(roomOf(backend, form, few), 2, (room, block) => {
      if (block > 0) asked(room)
      return block === 0 ? room : goOn(room, form, rooms[block % rooms.length]!)
    })
    expect(moved.output).toEqual(straight.output)
    expect(told(moved)).toEqual(told(straight))
    expect(asked(moved)).toEqual(asked(straight))
  })
})

test('whatever comes, whoever asks, wherever it is stopped, and however much room there is then', () => {
  const step = fc.record({
    stop: fc.boolean(),
    room: fc.constantFrom(2, 3, 10, 40, 1000),
    asks: fc.array(fc.nat(80), { maxLength: 4 }),
  })
  fc.assert(
    fc.property(
      fc.constantFrom(...formNames),
      fc.integer({ min: 1, max: 1e6 }),
      fc.array(step, { minLength: 7, maxLength: 7 }),
      (form, seed, steps) => {
        const straight = learnAll(roomOf(backend, form, many), seed)
        const moved = learnAll(roomOf(backend, form, steps[0]!.room), seed, (room, block) => {
          const { stop, room: size, asks } = steps[block]!
          for (const k of asks) room.learner.answer(listFor(`u${k}`))
          return stop && block > 0 ? goOn(room, form, size) : room
        })
        expect(moved.output).toEqual(straight.output)
        expect(told(moved)).toEqual(told(straight))
        expect(asked(moved)).toEqual(asked(straight))
        for (const { learner } of [straight, moved]) learner.dispose()
      },
    ),
    { numRuns: isLong ? 60 : 2 },
  )
})
