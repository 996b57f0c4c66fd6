import fc from 'fast-check'
import { expect, test } from 'vitest'
import { language, type Scope } from '../../src/rules/language.ts'
import { Missing, quickly } from '../../src/rules/quick.ts'

const fields = ['item.a', 'item["b"]', 'user.a', 'user.c', 'context.arm', 'item.tags']
const literals = ['1', '-1', '2.5', '"x"', '"1"', 'true', 'false', '["x", "y"]', '9007199254740993']
const values = fc.constantFrom<unknown>(1, 2.5, -1, 'x', '1', true, false)
const things = fc.record({ a: values, b: values, c: values }, { requiredKeys: [] })
const scopes = fc.record({ item: things, user: things, tags: fc.subarray(['x', 'z']), arm: fc.constantFrom('x', 'y') })

const expressions = fc.letrec<{ any: string; side: string; compared: string; joined: string }>(tie => ({
  side: fc.constantFrom(...fields, ...literals),
  compared: fc
    .tuple(tie('side'), fc.constantFrom('==', '!=', '<', '<=', '>', '>=', 'in'), tie('side'))
    .map(parts => `(${parts.join(' ')})`),
  joined: fc
    .tuple(tie('any'), fc.constantFrom('&&', '||'), tie('any'), fc.boolean())
    .map(([a, sign, b, not]) => `${not ? '!' : ''}(${a} ${sign} ${b})`),
  any: fc.oneof(
    { depthSize: 'small' },
    tie('compared'),
    fc.constantFrom('has(item.a)', 'has(user.c)', 'item.b', '!item.a'),
    tie('joined'),
  ),
})).any

test('where it says something, the library says the same, and where it misses a field, the library does', () => {
  let [said, missed] = [0, 0]
  fc.assert(
    fc.property(expressions, scopes, (text, { item, user, tags, arm }) => {
      const scope = { item: { ...item, tags }, user, context: { arm }, now: new Date(0) } as Scope
      let parsed: ReturnType<typeof language.parse>
      try {
        parsed = language.parse(text)
        if (!parsed.check().valid) return
      } catch {
        return
      }
      const quick = quickly(parsed.ast)?.(scope)
      if (quick instanceof Missing) {
        missed += 1
        expect(() => parsed(scope)).toThrow(/No such key|no such overload/)
      }
      if (typeof quick !== 'boolean') return
      said += 1
      expect(parsed(scope)).toBe(quick)
    }),
    { numRuns: 3_000 },
  )
  expect(said).toBeGreaterThan(500)
  expect(missed).toBeGreaterThan(100)
})

test.each(['item.price * 2.0 < 3.0', 'now.getHours() < 3', 'item.constructor == "x"', 'has(item.toString)'])(
  'leaves %s to the library',
  text => {
    expect(quickly(language.parse(text).ast)).toBe(null)
  },
)
