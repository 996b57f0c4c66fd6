import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Rule } from '../../src/records/rules.ts'
import { type Expression, readExpression } from '../../src/rules/expression.ts'
import { keptVerdicts } from '../../src/rules/kept-verdicts.ts'
import { ruleSet } from '../../src/rules/rule-set.ts'

const keptOf = (text: string) => keptVerdicts(readExpression(text, 'true or false') as Expression)
const premium = { segment: 'premium', age: 30 }

test('what was said for somebody is known for all who are alike in what was asked, from the second of them on', () => {
  const kept = keptOf('item.price < 150 || user.segment == "premium"')!
  kept.begin(premium)
  kept.keep(7, true)
  expect(kept.of(7)).toBeUndefined()
  kept.begin({ ...premium, age: 40 })
  kept.keep(7, true)
  kept.keep(8, false)
  kept.begin({ segment: 'other' })
  expect(kept.of(7)).toBeUndefined()
  kept.begin({ segment: 'premium', age: 50 })
  expect([7, 8, 9, 500].map(item => kept.of(item))).toEqual([true, false, undefined, undefined])
})

test('an item that changed is looked at anew, for everybody', () => {
  const kept = keptOf('item.price < 150 || user.segment == "premium"')!
  for (const segment of ['premium', 'other']) {
    for (let k = 0; k < 2; k++) kept.begin({ segment })
    kept.keep(7, true)
  }
  kept.changed(7)
  for (const segment of ['premium', 'other']) {
    kept.begin({ segment })
    expect(kept.of(7)).toBeUndefined()
  }
})

test('a field that is missing is another kind than one that is null or a text', () => {
  const kept = keptOf('item.price < user.budget')!
  for (const user of [{}, { budget: null }, { budget: 'null' }]) {
    for (let k = 0; k < 2; k++) kept.begin(user)
    expect(kept.of(1)).toBeUndefined()
    kept.keep(1, true)
  }
})

test('no more kinds are kept than eight', () => {
  const kept = keptOf('item.price < user.budget')!
  for (let budget = 0; budget < 9; budget++) {
    for (let k = 0; k < 2; k++) kept.begin({ budget })
    kept.keep(1, true)
  }
  kept.begin({ budget: 8 })
  expect(kept.of(1)).toBe(true)
  kept.begin({ budget: 0 })
  expect(kept.of(1)).toBeUndefined()
})

test('nothing is kept of what depends on the moment, the context, or all that a user is', () => {
  expect(keptOf('now.getHours() < 12 && item.price < user.budget')).toBeNull()
  expect(keptOf('context.arm == "all" && user.age > 3.0')).toBeNull()
  expect(keptOf('item.id in user')).toBeNull()
})

test('lists are those of rules that keep nothing, whoever asks and whatever changes', () => {
  const rules: Rule[] = [
    { show: 'item.price < user.budget || user.segment == "premium"' },
    { boost: 'item.brand == user.brand', by: 2 },
    { pin: 'item.price > user.budget', place: 1 },
  ]
  // The moment is asked for, and so nothing is kept; it is always true.
  const asking = rules.map(rule => {
    const always = (text: string) => `(${text}) && now.getFullYear() > 1900`
    if ('show' in rule) return { ...rule, show: always(rule.show) }
    return 'boost' in rule
      ? { ...rule, boost: always(rule.boost) }
      : 'pin' in rule
        ? { ...rule, pin: always(rule.pin) }
        : rule
  })
  const attributes = fc.record(
    { price: fc.constantFrom(1, 5, 9), brand: fc.constantFrom('ash', 'oak') },
    { requiredKeys: [] },
  )
  const user = fc.record(
    {
      budget: fc.constantFrom(2, 6),
      segment: fc.constantFrom('premium', 'other'),
      brand: fc.constantFrom('ash', 'oak'),
    },
    { requiredKeys: [] },
  )
  const change = fc.record({ item: fc.nat(4), attributes })
  fc.assert(
    fc.property(
      fc.array(attributes, { minLength: 5, maxLength: 5 }),
      fc.array(fc.oneof(fc.record({ user }), fc.record({ change })), { maxLength: 60 }),
      (begun, steps) => {
        const items = [...begun]
        const factsOf = (item: number) => ({ id: `i${item}`, title: null, tags: [], attributes: items[item]! })
        const both = [rules, asking].map(rules => ruleSet({ rules, length: 5, factsOf })!)
        for (const set of both) for (const item of items.keys()) set.changed(item)
        for (const step of steps) {
          if ('change' in step) {
            items[step.change.item] = step.change.attributes
            for (const set of both) set.changed(step.change.item)
            continue
          }
          const [one, other] = both.map(set => {
            const list = set.forList({ user: { id: 'ann', attributes: step.user, events: 1 }, time: 0, context: {} })
            return [...items.keys()].map(item => [list.shows(item), list.places!.lift(item), list.why(item, 1).length])
          })
          expect(one).toEqual(other)
        }
      },
    ),
  )
})
