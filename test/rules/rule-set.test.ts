import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Attributes } from '../../src/records/attribute-value.ts'
import type { Rule } from '../../src/records/rules.ts'
import { type Expression, readExpression } from '../../src/rules/expression.ts'
import type { ItemFacts } from '../../src/rules/item-rules.ts'
import { language } from '../../src/rules/language.ts'
import { type RuleSet, ruleSet } from '../../src/rules/rule-set.ts'
import { fieldsNeeded } from '../../src/rules/syntax.ts'

const goods: ItemFacts[] = [
  { id: 'shoe', title: 'Red shoe', tags: ['sale'], attributes: { price: 12, brand: 'ash' } },
  { id: 'boot', title: null, tags: [], attributes: { price: 50, brand: 'ash' } },
  { id: 'gift', title: 'Gift', tags: ['sale', 'gift'], attributes: { brand: 'oak' } },
]

function rulesOver(rules: Rule[], items = goods): RuleSet {
  const set = ruleSet({ rules, length: 10, factsOf: item => items[item]! })!
  for (const item of items.keys()) set.changed(item)
  return set
}

const forUser = (rules: RuleSet, attributes: Attributes = {}, context: Attributes = { arm: 'all' }) =>
  rules.forList({ user: { id: 'ann', attributes, events: 3 }, time: Date.UTC(2026, 2, 4), context })

const shown = (list: { shows(item: number): boolean }) =>
  goods.flatMap(({ id }, item) => (list.shows(item) ? [id] : []))

test('shows what its rules are true for, by item, user, moment and arm', () => {
  expect(shown(forUser(rulesOver([{ show: 'item.price < 20' }])))).toEqual(['shoe'])
  const rules = rulesOver([
    { show: 'item.price < user.budget' },
    { show: 'context.arm == "all" && now.getFullYear() == 2026' },
  ])
  expect(shown(forUser(rules, { budget: 60 }))).toEqual(['shoe', 'boot'])
  expect(shown(forUser(rules, { budget: 20 }))).toEqual(['shoe'])
  expect(shown(forUser(rules, { budget: 20 }, { arm: 'other' }))).toEqual([])
})

test('an item without the attribute is hidden, neither boosted nor pinned, and of no key; that is said once', () => {
  const rules = rulesOver([
    { name: 'cheap', show: 'item.price < 20' },
    { boost: 'item.price < 100', by: 2 },
    { cap: { by: 'item.seller', most: 1 } },
    { pin: 'item.price > 100', place: 1 },
  ])
  const list = forUser(rules)
  expect([0, 1, 2].map(list.shows)).toEqual([true, false, false])
  expect([0, 1, 2].map(list.places!.lift)).toEqual([Math.log(2), Math.log(2), 0])
  expect(list.pinned(() => true, 10)).toEqual([])
  const said = rules.notices()
  expect(said.find(each => each.includes('"cheap"'))).toContain(
    'has no value in 1 case so far, first for item gift: No such key: price',
  )
  expect(said.filter(each => each.includes('cap by item.seller'))).toHaveLength(1)
  expect(rules.notices()).toEqual([])
})

test('a user without the attribute is shown nothing by a rule that needs it', () => {
  const rules = rulesOver([{ name: 'affordable', show: 'item.price < user.budget' }])
  expect(shown(forUser(rules))).toEqual([])
  expect(rules.notices()[0]).toContain('No such key: budget')
})

test('a changed item is looked at anew, and only then', () => {
  const items = goods.map(item => ({ ...item }))
  const rules = rulesOver(
    [{ show: 'item.price < 20' }, { pin: 'item.price < 5', place: 1 }, { boost: 'item.price < 5', by: 3 }],
    items,
  )
  expect(shown(forUser(rules))).toEqual(['shoe'])
  items[1] = { ...items[1]!, attributes: { price: 3 } }
  expect(shown(forUser(rules))).toEqual(['shoe'])
  rules.changed(1)
  const list = forUser(rules)
  expect(shown(list)).toEqual(['shoe', 'boot'])
  expect(list.pinned(() => true, 10)).toEqual([1])
  expect([0, 1].map(list.places!.lift)).toEqual([0, Math.log(3)])
})

test('pins ask for items of as many keys as there are, others in their turn, and for no more than there is room for', () => {
  const items = Array.from({ length: 60 }, (_, k) => {
    return { id: `i${k}`, title: null, tags: [], attributes: { brand: k < 50 ? 'ash' : `b${k}`, sale: k !== 3 } }
  })
  const rules = rulesOver([{ pin: 'item.sale', place: 1 }, { cap: { by: 'item.brand', most: 1 } }], items)
  const pinnedAt = (hour: number, most = 50) =>
    rules
      .forList({ user: { id: 'ann', attributes: {}, events: 0 }, time: 3_600_000 * hour, context: {} })
      .pinned(k => k > 5, most)
  const brandsOf = (slots: number[]) => new Set(slots.map(slot => items[slot]!.attributes.brand)).size
  expect(pinnedAt(1)).toHaveLength(10)
  expect(brandsOf(pinnedAt(1))).toBe(10)
  expect(pinnedAt(1)).toEqual(pinnedAt(1))
  expect(new Set([1, 2, 3, 4, 5].map(hour => pinnedAt(hour).join())).size).toBeGreaterThan(1)
  expect(pinnedAt(1, 4)).toHaveLength(4)
})

test('says which rules keep how many out of a list', () => {
  const rules = rulesOver([
    { name: 'priced', show: 'has(item.price)' },
    { name: 'affordable', show: 'item.price < user.budget' },
  ])
  expect(forUser(rules, { budget: 1 }).whyShort(3, () => true)).toBe('rule "affordable" hides 2, rule "priced" hides 1')
  expect(forUser(rules, { budget: 100 }).whyShort(3, item => item < 2)).toBe('')
})

test('without rules there is nothing to ask', () => {
  expect(ruleSet({ rules: [], length: 10, factsOf: () => goods[0]! })).toBe(null)
  expect(forUser(rulesOver([{ show: 'true' }])).places).toBe(null)
})

test('what is known to be missing beforehand is what the library finds missing', () => {
  const sides = fc.constantFrom(
    'item.a > 1',
    'user.b == 2',
    'has(item.c)',
    'item.d',
    'item.a < user.b',
    '!item.d',
    '[1, 2].exists(x, x > item.c)',
  )
  const expressions = fc.letrec<{ any: string; two: string }>(tie => ({
    any: fc.oneof({ depthSize: 'small' }, sides, tie('two')),
    two: fc
      .tuple(tie('any'), fc.constantFrom('&&', '||', '?'), tie('any'), sides)
      .map(([a, sign, b, c]) => (sign === '?' ? `((${a}) ? (${b}) : (${c}))` : `((${a}) ${sign} (${b}))`)),
  })).any
  const values = fc.record(
    { a: fc.integer({ min: 0, max: 2 }), c: fc.integer({ min: 0, max: 2 }), d: fc.boolean() },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(
      expressions,
      values,
      fc.record({ b: fc.constantFrom(1, 2) }, { requiredKeys: [] }),
      (text, item, user) => {
        const expression = readExpression(text, 'true or false') as Expression
        const scope = { item, user, context: {}, now: new Date(0) }
        let plain: unknown = null
        try {
          plain = language.evaluate(text, scope)
        } catch {
          // It has no value.
        }
        expect(expression.evaluate(scope, () => {}) === true).toBe(plain === true)
      },
    ),
    { numRuns: 400 },
  )
})

test('what is needed is what stands on every way to a value', () => {
  const needed = (text: string) => fieldsNeeded(language.parse(text).ast, true)
  expect(needed('item.a < user.b && (item.c || user.d) && has(item.e)')).toEqual({ item: ['a'], user: ['b'] })
  expect(needed('!(item.a && item.b)')).toEqual({ item: [], user: [] })
  expect(needed('(item.a ? item.b : item.c) == 1')).toEqual({ item: ['a'], user: [] })
})
