import { expect, test } from 'vitest'
import { defaultDqn, dqnSpace } from '../../src/agents/dqn/options.ts'
import { knownAgents } from '../../src/agents/known-agents.ts'
import { withOptions } from '../../src/agents/options.ts'

test('text and values are taken, groups by a dot or as an object', () => {
  const options = withOptions('dqn', defaultDqn, dqnSpace, { gamma: '0.9', double: 'false', 'epsilon.to': 0.1 })
  expect([options.gamma, options.double, options.epsilon.to, options.epsilon.from]).toEqual([0.9, false, 0.1, 1])
  expect(withOptions('dqn', defaultDqn, dqnSpace, { epsilon: { to: 0.2 } }).epsilon.to).toBe(0.2)
  expect(defaultDqn.epsilon.to).toBe(0.05)
})

test.each([
  [{ gama: 1 }, /dqn has no option "gama"/],
  [{ gamma: 2 }, /gamma of dqn must be a number from 0 to 0.9999/],
  [{ steps: 1.5 }, /steps of dqn must be a whole number/],
  [{ long: 'gru' }, /long of dqn must be one of rlstm, lstm, none/],
  [{ rate: '' }, /rate of dqn must be a number/],
])('%j is refused with what is allowed', (given, sentence) => {
  expect(() => withOptions('dqn', defaultDqn, dqnSpace, given)).toThrow(sentence)
})

test.each(Object.entries(knownAgents))(
  'the defaults of %s lie within what its options allow',
  (name, { space, defaults }) => {
    const flat = Object.entries(defaults).flatMap(([group, value]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([key, inner]) => [`${group}.${key}`, inner] as const)
        : [[group, value] as const],
    )
    expect(() => withOptions(name, defaults, space, Object.fromEntries(flat))).not.toThrow()
  },
)
