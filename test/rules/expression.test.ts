import { expect, test } from 'vitest'
import { type Expression, readExpression } from '../../src/rules/expression.ts'

const noon = new Date('2026-03-04T12:00:00Z')
const scope = {
  item: {
    id: 'i7',
    title: 'Red Shoe',
    tags: ['sale', 'shoes'],
    price: 12,
    brand: 'acme',
    published: '2026-03-01T00:00:00Z',
  },
  user: { id: 'ada', events: 4, budget: 20.5 },
  context: { time: noon, arm: 'all', surface: 'home' },
  now: noon,
}

function read(text: string): Expression {
  const expression = readExpression(text, 'a value')
  if (typeof expression === 'string') throw new Error(expression)
  return expression
}

const value = (text: string): unknown => read(text).evaluate(scope, why => expect.unreachable(why))

test.each([
  ['item.price < user.budget', true],
  ['item.price * 2 <= 24', true],
  ['100 - item.price / 3 == 96', true],
  ['item.price * 1.5 + 1 > user.budget', false],
  ['size(item.tags) * 1.5 == 3.0', true],
  ['item.price in [10, 12]', true],
  ['"sale" in item.tags && item.brand != "other"', true],
  ['item.tags.exists(tag, tag.startsWith("sho"))', true],
  ['item.title.lowerAscii().contains("shoe")', true],
  ['has(item.stock) ? item.stock > 0 : true', true],
  ['now - timestamp(item.published) < duration("96h")', true],
  ['now.getHours() == 12 && context.time == now', true],
  ['context.surface == "home" && context.arm == "all" && user.events >= 4', true],
  ['timestamp(1772625600) == now', true],
  ['item.brand', 'acme'],
])('%s is %s', (text, expected) => expect(value(text)).toBe(expected))

test.each([
  ['item.stock > 0', 'No such key: stock'],
  ['item.brand < 12', 'no such overload: dyn<string> < int'],
  ['item.__proto__ == null', 'No such key: __proto__'],
])('%s has no value', (text, why) => {
  const said: string[] = []
  expect(read(text).evaluate(scope, each => said.push(each))).toBe(null)
  expect(said).toEqual([why])
})

test('a rule that must be true or false takes nothing else at the time of a list', () => {
  const expression = readExpression('item.brand', 'true or false') as Expression
  const said: string[] = []
  expect(expression.evaluate(scope, each => said.push(each))).toBe(null)
  expect(said).toEqual(['it is "acme" and not true or false'])
})

test.each([
  ['item.price <', 'has an error at character 13 of "item.price <": Unexpected token: EOF'],
  [
    'itm.price < 2',
    'at character 1 of "itm.price < 2": Unknown variable: itm; an expression knows item, user, context, now; the nearest is item',
  ],
  ['item.brand.startWith("a")', 'the nearest functions are startsWith'],
  ['item.price + 1', 'must have an expression that is true or false'],
  ['item.title.matches("a+")', 'uses matches(), whose time has no bound'],
  ['item.tags.all(a, item.tags.all(b, a == b))', 'has all() within another loop'],
  ['item.price < "20"', 'compares an attribute with the text "20", but it arrives as 20'],
  ['item.available == "true"', 'write true without quotes'],
  ['item.size in ["1", "x"]', 'the text "1"'],
  ['now - timestamp("2026-01-01") < duration("1h")', 'at character 7 of'],
  ['duration("2d") > duration("1h")', 'Invalid duration string: 2d'],
  [`item.price < ${'1 + '.repeat(600)}1`, 'longer than 2000 characters'],
  [`item.price < ${'1+'.repeat(400)}1`, 'has an error'],
  ['   ', 'needs an expression'],
])('a fault is told (%#)', (text, expected) => {
  const problem = readExpression(text, 'true or false')
  expect(problem).toContain(expected)
})

test('texts stay texts where numbers cannot be: ids, titles, tags', () => {
  expect(typeof readExpression('item.id == "7" || "1999" in item.tags || item.title == "300"', 'true or false')).toBe(
    'object',
  )
})

test('says what an expression reads', () => {
  const { reads, fields } = read('item.price < user.budget * (now.getHours() < 6 ? 2 : 1) && "x" in item["tags"]')
  expect([...reads].sort()).toEqual(['item', 'now', 'user'])
  expect([...fields.item!].sort()).toEqual(['price', 'tags'])
  expect([...fields.user!]).toEqual(['budget'])
  expect(read('"stock" in item').fields.item).toBe(null)
})
