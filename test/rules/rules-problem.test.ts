import { expect, test } from 'vitest'
import type { Rule } from '../../src/records/rules.ts'
import { rulesProblem } from '../../src/rules/rules-problem.ts'

const problem = (...rules: unknown[]) => rulesProblem({ name: 'shop', rules: rules as Rule[] })

test('good rules of each kind', () => {
  expect(
    problem(
      { name: 'affordable', show: 'item.price <= user.budget' },
      { show: 'item.available' },
      { boost: '"sale" in item.tags', by: 1.5 },
      { cap: { by: 'item.brand', most: 3 } },
      { name: 'sellers', cap: { by: 'item.seller', most: 2, first: 5 } },
      { pin: 'item.id == "gift"', place: 3 },
      { spread: { by: 'item.category', strength: 0.3 } },
    ),
  ).toBe(null)
})

test.each<[string, unknown, string]>([
  ['nothing known', { hide: 'true' }, 'Rule 1 of shop must have one of show, boost, cap, pin, spread'],
  ['two kinds', { show: 'true', pin: 'true', place: 1 }, 'not show and pin'],
  ['no object', 'item.price < 3', "must be an object such as { show: 'item.stock > 0' }"],
  ['an unknown setting', { boost: 'true', by: 2, factor: 2 }, 'has no setting "factor"; the nearest are'],
  ['a name that is none', { name: '', show: 'true' }, 'must have a name of 1 to 80 characters'],
  [
    'an error, with the rule’s name',
    { name: 'cheap', show: 'itm.price < 3' },
    'The rule "cheap" of shop has an error at character 1',
  ],
  ['an error, without a name', { show: 'item.price <' }, 'The rule "show item.price <" of shop has an error'],
  ['a boost by nothing', { boost: 'true', by: 0 }, 'needs by, a factor from 0.001 to 1000, not 0'],
  ['a place that is none', { pin: 'true', place: 0 }, 'needs place, a whole number from 1 to 200'],
  ['a cap that is no object', { cap: 3 }, 'needs cap as an object such as'],
  ['a cap by the user', { cap: { by: 'user.id', most: 1 } }, 'must have cap.by about the item alone, not about user'],
  ['a cap without a number', { cap: { by: 'item.brand' } }, 'needs cap.most'],
  ['a cap with a mistyped key', { cap: { by: 'item.brand', most: 1, frist: 2 } }, 'the nearest are first'],
  ['a strength of 1', { spread: { by: 'item.brand', strength: 1 } }, 'above 0 and below 1'],
])('%s is told', (_, rule, expected) => expect(problem(rule)).toContain(expected))

test('a name stands once', () => {
  expect(problem({ show: 'true' }, { show: 'true' })).toContain('Two rules of shop have the name "show true"')
  expect(problem({ name: 'a', show: 'true' }, { name: 'b', show: 'true' })).toBe(null)
})
