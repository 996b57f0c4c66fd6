import { expect, test } from 'vitest'
import { defaultDqn, dqnOptions } from '../../src/agents/dqn/options.ts'
import { knownAgents, optionsOf, requireAgent } from '../../src/agents/known-agents.ts'
import { withOptions } from '../../src/agents/options.ts'
import type { AgentName } from '../../src/records/definition.ts'
import { flat } from '../../src/settings/field.ts'

test('text and values are taken, groups by a dot or as an object', () => {
  const options = withOptions('dqn', dqnOptions, { gamma: '0.9', double: 'false', 'epsilon.to': 0.1 })
  expect([options.gamma, options.double, options.epsilon.to, options.epsilon.from]).toEqual([0.9, false, 0.1, 1])
  expect(withOptions('dqn', dqnOptions, { epsilon: { to: 0.2 } }).epsilon.to).toBe(0.2)
  expect(defaultDqn.epsilon.to).toBe(0.05)
})

test.each([
  [{ gama: 1 }, /dqn has no option "gama"/],
  [{ gamma: 2 }, /gamma of dqn must be a number from 0 to 0.9999/],
  [{ steps: 1.5 }, /steps of dqn must be a whole number/],
  [{ long: 'gru' }, /long of dqn must be one of rlstm, lstm, none/],
  [{ rate: '' }, /rate of dqn must be a number/],
])('%j is refused with what is allowed', (given, sentence) => {
  expect(() => withOptions('dqn', dqnOptions, given)).toThrow(sentence)
})

const fields = Object.entries(knownAgents).flatMap(([agent, { options }]) =>
  flat(options).map(([name, field]) => ({ agent: agent as AgentName, name, field })),
)

test.each(fields)('$name of $agent takes its default and its ends, and nothing beyond', ({ agent, name, field }) => {
  if (field.default !== undefined) expect(() => optionsOf(agent, { [name]: field.default })).not.toThrow()
  const ends: readonly unknown[] = 'min' in field ? [field.min, field.max] : field.type === 'choice' ? field.of : []
  for (const value of ends) {
    expect(() => optionsOf(agent, { [name]: value })).not.toThrow()
    expect(optionsOf(agent, { [name]: String(value) })).toEqual(optionsOf(agent, { [name]: value }))
  }
  if ('min' in field) {
    expect(() => optionsOf(agent, { [name]: field.min - 1 })).toThrow(`The option ${name} of ${agent} must be`)
    expect(() => optionsOf(agent, { [name]: field.max * 2 + 1 })).toThrow(`from ${field.min} to ${field.max}`)
  }
})

test('an agent of another name is refused with those that there are', () => {
  expect(() => requireAgent('dnq')).toThrow('There is no agent "dnq"; the nearest are dqn,')
})
