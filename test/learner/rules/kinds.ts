import fc from 'fast-check'
import type { Rule } from '../../../src/records/rules.ts'

export interface Goods {
  price: number
  brand: string
  promoted: boolean
  stock: number
  tags: string[]
}

/** What is known where a rule is asked; null: no record of the item came. */
export interface Asked {
  goods: Goods | null
  /** Undefined: nothing is known of the user. */
  budget: number | undefined
  arm: string
  time: number
}

/** A rule, and the same in plain words; what it says of an item of which no record came is part of that. */
export type TestRule =
  | { kind: 'show' | 'boost'; rule: Rule; holds: (asked: Asked) => boolean }
  | { kind: 'pin'; rule: Rule; place: number; holds: (asked: Asked) => boolean }
  | { kind: 'cap'; rule: Rule; most: number; first: number; keys: (goods: Goods) => (string | number)[] }
  | { kind: 'spread'; rule: Rule }

const number = (min: number, max: number) => fc.integer({ min, max })
const brand = number(0, 3).map(k => `b${k}`)

/** Conditions as expressions, and in plain words. */
const conditions = fc.oneof(
  number(2, 9).map(n => ({
    text: `item.price <= ${n}`,
    holds: ({ goods }: Asked) => goods !== null && goods.price <= n,
  })),
  fc.constant({
    text: 'item.price <= user.budget',
    holds: ({ goods, budget }: Asked) => goods !== null && budget !== undefined && goods.price <= budget,
  }),
  number(2, 9).map(n => ({
    text: `has(user.budget) ? item.price <= user.budget + 2 : item.price <= ${n}`,
    holds: ({ goods, budget }: Asked) => goods !== null && goods.price <= (budget === undefined ? n : budget + 2),
  })),
  fc.tuple(number(3, 8), fc.constantFrom('today', 'random', 'dqn')).map(([n, name]) => ({
    text: `item.price < ${n} || context.arm != "${name}"`,
    holds: ({ goods, arm }: Asked) => arm !== name || (goods !== null && goods.price < n),
  })),
  fc.constant({
    text: '!("sale" in item.tags)',
    holds: ({ goods }: Asked) => goods === null || !goods.tags.includes('sale'),
  }),
  brand.map(b => ({ text: `item.brand != "${b}"`, holds: ({ goods }: Asked) => goods !== null && goods.brand !== b })),
  fc.constant({
    text: 'now.getSeconds() < 30 || item.price > 3',
    holds: ({ goods, time }: Asked) => new Date(time).getUTCSeconds() < 30 || (goods !== null && goods.price > 3),
  }),
)
const picked = fc.oneof(
  fc.constant({ text: 'item.promoted', holds: ({ goods }: Asked) => goods?.promoted === true }),
  brand.map(b => ({ text: `item.brand == "${b}"`, holds: ({ goods }: Asked) => goods?.brand === b })),
  conditions,
)
const keys = fc.constantFrom(
  { by: 'item.brand', keys: ({ brand }: Goods) => [brand] },
  { by: 'item.tags', keys: ({ tags }: Goods) => tags },
  { by: 'item.price > 5', keys: ({ price }: Goods) => [Number(price > 5)] },
)

const shows = conditions.map(({ text, holds }): TestRule => ({ kind: 'show', rule: { show: text }, holds }))
const boosts = fc
  .tuple(picked, fc.constantFrom(0.2, 3, 50))
  .map(([{ text, holds }, by]): TestRule => ({ kind: 'boost', rule: { boost: text, by }, holds }))
const pins = fc
  .tuple(picked, number(1, 6))
  .map(([{ text, holds }, place]): TestRule => ({ kind: 'pin', rule: { pin: text, place }, place, holds }))
const caps = fc.tuple(keys, number(1, 3), fc.option(number(1, 5))).map(([{ by, keys: of }, most, first]): TestRule => {
  const cap = { by, most, ...(first === null ? {} : { first }) }
  return { kind: 'cap', rule: { cap }, most, first: first ?? Number.POSITIVE_INFINITY, keys: of }
})
const spreads = fc
  .tuple(keys, fc.constantFrom(0.2, 0.8))
  .map(([{ by }, strength]): TestRule => ({ kind: 'spread', rule: { spread: { by, strength } } }))

const some = (rule: fc.Arbitrary<TestRule>) => fc.array(rule, { maxLength: 2 })
/** Rules of all kinds, in any order, each with a name of its own. */
export const anyRules = fc
  .tuple(some(shows), some(boosts), some(pins), some(caps), some(spreads))
  .chain(kinds => fc.shuffledSubarray(kinds.flat(), { minLength: kinds.flat().length }))
  .map(rules => rules.map((each, k) => ({ ...each, rule: { ...each.rule, name: `rule ${k}` } })))
