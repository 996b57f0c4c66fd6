import { expect, test } from 'vitest'
import { type BehaviourMeaning, behaviourMeanings, type GivenBehaviours } from '../../src/records/behaviours.ts'

/** Meanings in short: "never target", "always", "never against". */
const short = (given: GivenBehaviours) =>
  Object.fromEntries(
    Object.entries(behaviourMeanings(given)).map(([name, { again, target, against }]: [string, BehaviourMeaning]) => [
      name,
      [again, ...(target ? ['target'] : []), ...(against ? ['against'] : [])].join(' '),
    ]),
  )

test.each<[string, string[], Record<string, string>]>([
  ['films', ['rate'], { rate: 'never target' }],
  ['short videos', ['watch', 'like', 'hide'], { watch: 'never target', like: 'never target', hide: 'never against' }],
  [
    'a shop',
    ['product_view', 'addToCart', 'buy', 'return', 'enquire'],
    {
      ...{ product_view: 'always', addToCart: 'always', buy: 'never target' },
      ...{ return: 'never against', enquire: 'never' },
    },
  ],
  [
    'a shop of things that are used up',
    ['view', 'order', 'reorder'],
    { view: 'always', order: 'never target', reorder: 'always target' },
  ],
  ['a shop that sees no purchase', ['view', 'cart'], { view: 'always', cart: 'always target' }],
  ['news', ['click', 'skip'], { click: 'never target', skip: 'never against' }],
  [
    'music',
    ['play', 'like', 'skip', 'dislike'],
    { play: 'always target', like: 'always target', skip: 'always against', dislike: 'never against' },
  ],
  ['what says nothing', ['foo', 'ansehen'], { foo: 'never target', ansehen: 'never target' }],
])('names suggest what behaviours of %s mean', (_, names, meanings) => {
  expect(short(names)).toEqual(meanings)
})

test('what is said stands, and names say the rest', () => {
  expect(short({ view: { again: 60_000 }, cart: {}, buy: { again: 'always' } })).toEqual({
    ...{ view: '60000', cart: 'always', buy: 'always target' },
  })
})

test('where one is said to be a target, those of which nothing is said are none', () => {
  expect(short({ watch: {}, like: { target: true } })).toEqual({ watch: 'never', like: 'never target' })
  expect(short({ watch: {}, like: { target: false } })).toEqual({ watch: 'never target', like: 'never' })
})

test('a name that speaks against an item is a target where that is said', () => {
  expect(short({ return: { target: true } })).toEqual({ return: 'never target' })
})
