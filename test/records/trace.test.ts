import fc from 'fast-check'
import { expect, test } from 'vitest'
import { childOf, traceFrom, traceHeaders, traceIn } from '../../src/records/trace.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const parent = `00-${traceId}-${spanId}-01`

test.each([
  ['nothing', undefined],
  ['other text', 'of mine'],
  ['capital letters', parent.toUpperCase()],
  ['no trace id', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['no span id', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['the version that is none', `ff-${traceId}-${spanId}-01`],
  ['more than version 00 has', `${parent}-more`],
  ['more, not behind a hyphen', `cc-${traceId}-${spanId}-01.more`],
  ['two of them', `${parent},${parent}`],
  ['spaces', ` ${parent}`],
  ['a line break behind it', `${parent}\n`],
])('a traceparent that is %s is none', (_, text) => {
  expect(traceFrom(text)).toBeNull()
})

test('a sound one is read, and of a later version what this one knows', () => {
  expect(traceFrom(parent)).toEqual({ parent, state: '' })
  expect(traceFrom(`cc-${traceId}-${spanId}-01-what-will-be`)?.parent).toBe(`cc-${traceId}-${spanId}-01`)
})

test.each([
  ['a=1', true],
  ['congo=t61rcWkgMzE,rojo=00f067aa0ba902b7', true],
  ['a=1, b=2 ,\tc=3', true],
  ['1tenant@sys=x y', true],
  ['a=1,,b=2', true],
  ['a', false],
  ['a=', false],
  ['A=1', false],
  ['a=1=2', false],
  ['a=1,a=2', false],
  ['a=ü', false],
  [Array.from({ length: 33 }, (_, k) => `k${k}=1`).join(','), false],
  [`a=${'x'.repeat(200)},b=${'x'.repeat(200)},c=${'x'.repeat(200)}`, false],
])('the tracestate %j is kept: %s; the trace is in any case', (state, isKept) => {
  expect(traceFrom(parent, state)).toEqual({ parent, state: isKept ? state : '' })
})

test('any bytes in the headers of a record are a trace or none, and a trace goes as it came', () => {
  const text = fc.oneof(fc.string(), fc.constant(parent), fc.constant('a=1'))
  fc.assert(
    fc.property(text, text, (traceparent, tracestate) => {
      const found = traceIn({ traceparent: Buffer.from(traceparent), tracestate: Buffer.from(tracestate) })
      if (found === null) return
      expect(traceFrom(found.parent, found.state)).toEqual(found)
      const { traceparent: again, tracestate: state = '' } = traceHeaders(found)
      expect([again, state]).toEqual([found.parent, found.state])
    }),
  )
})

test('a child stands in the same trace under an id of its name, whoever makes it', () => {
  const child = childOf({ parent, state: 'a=1' }, 'shop-42')
  expect(child).toEqual(childOf({ parent, state: 'a=1' }, 'shop-42'))
  expect(child.parent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`))
  expect(child.parent).not.toContain(spanId)
  expect(child.state).toBe('a=1')
  expect(childOf({ parent, state: '' }, 'shop-43').parent).not.toBe(child.parent)
  expect(childOf({ parent: `cc-${traceId}-${spanId}-fe`, state: '' }, 'shop-42').parent).toMatch(/^00-.*-00$/)
})
