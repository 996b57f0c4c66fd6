import { beforeAll, describe, expect, test } from 'vitest'
import { createLearner } from '../../../src/learner/create-learner.ts'
import type { Learner } from '../../../src/learner/learner.ts'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import { emptyBlock } from '../../../src/records/block-parts.ts'
import type { Change } from '../../../src/records/interest-block.ts'
import type { Answer, ListQuestion } from '../../../src/records/question.ts'
import { smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'

let backend: Backend
let learner: Learner
beforeAll(async () => {
  backend = await openBackend()
  learner = learned()
})

const events = smallWorld(300, 5)
const definition = {
  ...smallPipeline({}, { epsilon: 0.05, newItems: 0 }),
  reward: ({ value }: { value: number | null }) => value ?? 0.5,
  rules: [{ show: "!has(item.price) || item.price < 90 || context.surface == 'cart'" }],
}
const seen = (user: string) => new Set(events.filter(event => event.user === user).map(({ item }) => item))

/** Forty items with a price, of which those from i36 on cost 90 and more, and i50, of which nobody has an event. */
function learned(): Learner {
  const fresh = createLearner({ definition, backend })
  const [plain] = toBlocks(events, { shortLength: 4, size: events.length })
  const ids = [...Array.from({ length: 40 }, (_, k) => k), 50]
  const changes = ids.map((id, k): Change => {
    const [price, category] = [String(2.5 * id), id % 2 === 0 ? 'even' : 'odd']
    const known = {
      title: `Item ${id}`,
      features: `["side=${id % 2}"]`,
      attributes: JSON.stringify({ price, category }),
    }
    return {
      before: 0,
      number: k + 1,
      partition: 0,
      offset: k,
      kind: 'item',
      id: `i${id}`,
      ...known,
      tags: [],
      deleted: false,
    }
  })
  fresh.consume({ ...plain!, changes }, 0, events.length)
  return fresh
}

const wishes: ListQuestion = {
  ...{ kind: 'list', userId: 'u3', count: null, context: {}, filter: null, exclude: [], includeSeen: false },
  ...{ surface: null, explain: false, after: null, unless: null, now: 0 },
}
const listOf = (how: Partial<ListQuestion> = {}, from = learner) => {
  const answer = from.answer({ ...wishes, ...how })
  if (answer.kind !== 'list') throw new Error(answer.kind)
  return answer
}
const idsOf = (how: Partial<ListQuestion> = {}) => listOf(how).list.items.map(({ itemId }) => itemId)

describe('a list that somebody asks for', () => {
  test('is one for its user as the log stands now, with an arm, propensities and an id of its own', () => {
    const { list, standing } = listOf()
    expect(list).toMatchObject({
      userId: 'u3',
      sequence: 300,
      offset: 299,
      arm: 'all',
      policy: learner.champion,
      short: null,
    })
    expect(list.recommendationId).toMatch(/^small-300\.q[0-9a-f]{16}$/)
    expect(list.items).toHaveLength(5)
    for (const { propensity, score } of list.items) {
      expect(propensity).toBeGreaterThan(0)
      expect(score).toBeGreaterThanOrEqual(0)
    }
    expect(standing).toMatchObject({ position: 300, users: 30, eventTime: Math.max(...events.map(({ time }) => time)) })
  })

  test('holds nothing that the user may not be shown again, unless that is asked for', () => {
    expect(idsOf({ count: 30 }).filter(id => seen('u3').has(id))).toEqual([])
    expect(idsOf({ count: 40, includeSeen: true }).filter(id => seen('u3').has(id)).length).toBeGreaterThan(0)
  })

  test('has as many places as are asked for, and says why it has fewer', () => {
    expect(idsOf({ count: 2 })).toHaveLength(2)
    expect(listOf({ count: 100 }).list.short).toBe('a list has at most 20 items here: recommend.candidates')
    const { list } = listOf({ count: 20, exclude: Array.from({ length: 30 }, (_, k) => `i${k}`) })
    expect(list.short).toMatch(/^only \d of 41 items may be shown and are as asked for: rule ".+" hides \d$/)
  })

  test('leaves out what is left out, and holds only what fits the filter', () => {
    const all = idsOf({ count: 20 })
    expect(idsOf({ count: 20, exclude: [all[0]!, 'nobody knows it'] })).not.toContain(all[0])
    const cheap = idsOf({ count: 20, filter: { text: 'item.price < params.most', params: { most: 30 } } })
    expect(cheap.length).toBeGreaterThan(3)
    for (const id of cheap) expect(2.5 * Number(id.slice(1))).toBeLessThan(30)
  })

  test('keeps to the rules, which see the surface and the context', () => {
    const dear = (ids: string[]) => ids.filter(id => Number(id.slice(1)) >= 36)
    expect(dear(idsOf({ count: 40 }))).toEqual([])
    expect(dear(idsOf({ count: 40, surface: 'cart' })).length).toBeGreaterThan(0)
    expect(dear(idsOf({ count: 40, context: { surface: 'cart' } })).length).toBeGreaterThan(0)
  })

  test('is the same while nothing is learned, and is not sent again to whoever has it', () => {
    const { list } = listOf()
    expect(listOf().list).toEqual(list)
    expect(learner.answer({ ...wishes, unless: list.recommendationId })).toMatchObject({ kind: 'same' })
    expect(listOf({ count: 4 }).list.recommendationId).not.toBe(list.recommendationId)
  })

  test('has another id once a change is known, without any event', () => {
    const changed = learned()
    const { list } = listOf({}, changed)
    const title = { title: 'Gone', features: '["side=0"]', attributes: '{}', tags: [], deleted: true }
    const change: Change = { kind: 'item', before: 0, number: 42, partition: 0, offset: 41, id: 'i0', ...title }
    changed.consume({ ...emptyBlock(), changes: [change] }, 0, 0)
    expect(listOf({ unless: list.recommendationId }, changed).list.sequence).toBe(300)
    changed.dispose()
  })

  test('is of the minute where events are as new as the clock, else of the newest event', () => {
    const newest = Math.max(...events.map(({ time }) => time))
    expect(listOf({ now: newest + 150_000 }).list.time).toBe(Math.floor((newest + 150_000) / 60_000) * 60_000)
    expect(listOf({ now: newest + 90_000_000 }).list.time).toBe(newest)
  })

  test('says why each item is there, if that is asked for', () => {
    const { list, explanations } = listOf({ explain: true })
    expect(explanations).toMatchObject(list.items.map(({ itemId }) => ({ itemId, candidates: expect.any(Number) })))
    expect(listOf().explanations).toBeNull()
  })

  test('is a newcomer’s for somebody who is not known', () => {
    const { list } = listOf({ userId: 'nobody knows me' })
    expect(list).toMatchObject({ userId: 'nobody knows me', arm: 'all' })
    expect(list.items).toHaveLength(5)
  })

  test('is empty, in words, where nothing is known yet', () => {
    const { list } = listOf({}, createLearner({ definition, backend }))
    expect(list).toMatchObject({ items: [], sequence: 0, short: 'only 0 of 0 items may be shown' })
  })

  test('is none where the filter cannot be read', () => {
    const refusedFor = (text: string) => learner.answer({ ...wishes, filter: { text, params: {} } })
    const told: Answer['kind'] = 'refused'
    expect(refusedFor('itm.price < 3')).toMatchObject({
      kind: told,
      message: expect.stringMatching(
        /^The filter has an error at character 1 of "itm\.price < 3": Unknown variable: itm/,
      ),
    })
    expect(refusedFor('1 + 2')).toMatchObject({ kind: told })
  })
})

test('a session has a list without its items, after what they are like', () => {
  const time = 5_000_000
  const odd = ['i1', 'i3', 'i5', 'i7'].map((itemId, k) => ({ itemId, behaviour: 'watch', value: 0.9, time: time + k }))
  const { kind: _, userId: __, ...how } = wishes
  const answer = learner.answer({ kind: 'session', userId: '', events: odd, ...how, count: 8 })
  if (answer.kind !== 'list') throw new Error(answer.kind)
  const ids = answer.list.items.map(({ itemId }) => itemId)
  expect(ids).toHaveLength(8)
  for (const { itemId } of odd) expect(ids).not.toContain(itemId)
})

test('candidates are ranked all, those that are not known last', () => {
  const itemIds = [...seen('u3')].slice(0, 2).concat('i39', 'i1', 'nothing', 'i2')
  const answer = learner.answer({
    kind: 'rank',
    userId: 'u3',
    itemIds,
    context: {},
    explain: false,
    after: null,
    now: 0,
  })
  if (answer.kind !== 'ranked') throw new Error(answer.kind)
  expect(answer.items.map(({ itemId }) => itemId).sort()).toEqual([...new Set(itemIds)].sort())
  expect(answer.items.at(-1)).toMatchObject({ itemId: 'nothing', score: null, allowed: false })
  expect(answer.items.find(({ itemId }) => itemId === itemIds[0])).toMatchObject({ allowed: false })
})

describe('items for everybody', () => {
  const found = (
    kind: 'similar' | 'popular' | 'new',
    how: { itemId?: string; category?: string; filter?: string } = {},
  ) => {
    const { itemId = null, category = null, filter } = how
    const wanted = filter === undefined ? null : { text: filter, params: {} }
    const answer = learner.answer({ kind, itemId, category, count: 10, filter: wanted, now: 0 })
    return answer.kind === 'items' ? answer.items : answer.kind
  }
  const ids = (items: ReturnType<typeof found>) => (typeof items === 'string' ? [] : items.map(({ itemId }) => itemId))

  test('are popular ones, of all or of a category, none that rules hide from everybody', () => {
    expect(found('popular')).toHaveLength(10)
    for (const id of ids(found('popular', { category: 'odd' }))) expect(Number(id.slice(1)) % 2).toBe(1)
    for (const id of ids(found('popular', { filter: 'item.price < 20' }))) expect(Number(id.slice(1))).toBeLessThan(8)
    expect(found('popular', { category: 'no such thing' })).toEqual([])
  })

  test('are like one, but not that one', () => {
    const like = ids(found('similar', { itemId: 'i4' }))
    expect(like).toHaveLength(10)
    expect(like).not.toContain('i4')
    expect(found('similar', { itemId: 'nothing' })).toBe('unknown-item')
  })

  test('are new ones, the newest first', () => {
    expect(ids(found('new'))[0]).toBe('i50')
    expect(found('new')).toMatchObject([{ title: 'Item 50', score: 1 }, ...Array(9).fill({})])
  })

  test('are as new as their first event or record, whichever came first; a restart changes nothing', () => {
    const fresh = createLearner({ definition, backend })
    const seenAt = ['a', 'b', 'c', 'a', 'd', 'b'].map((item, k) => ({ user: 'u', item, time: 1_000 * k, reward: 0.9 }))
    const [block] = toBlocks(seenAt, { shortLength: 4, size: 10 })
    const record = (id: string, number: number, before: number): Change => ({
      ...{ kind: 'item', id, number, before, partition: 0, offset: number, title: id, features: '[]' },
      ...{ attributes: '{}', tags: [], deleted: false },
    })
    const changes = [record('x', 1, 1), record('a', 2, 3), record('y', 3, 4), record('d', 4, 6)]
    const newest = () => {
      const answer = fresh.answer({ kind: 'new', itemId: null, category: null, count: 10, filter: null, now: 0 })
      return answer.kind === 'items' ? answer.items.map(({ itemId }) => itemId).join(' ') : answer.kind
    }
    fresh.consume({ ...block!, changes }, 0, 4)
    expect(newest()).toBe('c b x a')
    fresh.restore(structuredClone(fresh.save()))
    expect(newest()).toBe('c b x a')
    fresh.consume({ ...block!, changes }, 4, 6)
    expect(newest()).toBe('d y c b x a')
    fresh.dispose()
  })
})
