import { expect, test } from 'vitest'
import { defaultDqn, dqnOptions } from '../../src/agents/dqn/options.ts'
import { knownAgents, optionsOf, requireAgent } from '../../src/agents/known-agents.ts'
import { withOptions } from '../../src/agents/options.ts'
import type { AgentName } from '../../src/records/definition.ts'
import { type Field, flat } from '../../src/settings/field.ts'

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

/** Others with which an option does something. */
function besideWhich(agent: AgentName, { use }: Field): Record<string, unknown> {
  const known = new Map(flat(knownAgents[agent].options))
  const another = (name: string, not: unknown) => {
    const field = known.get(name)!
    return field.type === 'choice' ? field.of.find(value => value !== not) : 0.5
  }
  const [first] = Object.entries(use?.unless ?? {})
  return {
    ...(first === undefined ? {} : { [first[0]]: another(...first) }),
    ...Object.fromEntries(Object.entries(use?.only ?? {}).map(([name, values]) => [name, values[0]])),
  }
}

test.each(fields)('$name of $agent takes its default and its ends, and nothing beyond', ({ agent, name, field }) => {
  const others = besideWhich(agent, field)
  if (field.default !== undefined) expect(() => optionsOf(agent, { ...others, [name]: field.default })).not.toThrow()
  const ends: readonly unknown[] = 'min' in field ? [field.min, field.max] : field.type === 'choice' ? field.of : []
  for (const value of ends) {
    expect(() => optionsOf(agent, { ...others, [name]: value })).not.toThrow()
    expect(optionsOf(agent, { ...others, [name]: String(value) })).toEqual(
      optionsOf(agent, { ...others, [name]: value }),
    )
  }
  if ('min' in field) {
    expect(() => optionsOf(agent, { [name]: field.min - 1 })).toThrow(`The option ${name} of ${agent} must be`)
    expect(() => optionsOf(agent, { [name]: field.max * 2 + 1 })).toThrow(`from ${field.min} to ${field.max}`)
  }
})

test('an agent of another name is refused with those that there are', () => {
  expect(() => requireAgent('dnq')).toThrow('There is no agent "dnq"; the nearest are dqn,')
})

test.each([
  [
    'ddpg-la',
    { climb: 0.2, action: 'step' },
    /^The option climb of ddpg-la belongs to action=session and does nothing/,
  ],
  ['ddpg-la', { climb: 0.2, action: 'step' }, /with action=step; leave it out, or set action=session\.$/],
  ['ddpg-la', { gamma: 0.9 }, /^The option gamma of ddpg-la belongs to action=step or proto and does nothing with act/],
  ['ddpg-la', { temperature: { to: 0.1 } }, /^The option temperature\.to of ddpg-la belongs to action=proto/],
  ['ddpg-la', { 'draw.random': 0.1, action: 'step' }, /^The option draw\.random of ddpg-la belongs to action=session/],
  ['ddpg-la', { delay: 3, action: 'step' }, /^The option delay of ddpg-la belongs to action=proto/],
  [
    'ddpg-la',
    { delay: 3, action: 'proto', twin: false },
    /^The option delay of ddpg-la does nothing with twin=false; /,
  ],
  [
    'ddpg-la',
    { hidden: 8, action: 'step' },
    /does nothing with long=none and short=none; leave it out, or give long or /,
  ],
  [
    'dqn',
    { targetPeriod: 50 },
    /^The option targetPeriod of dqn belongs to targetRate=0 and does nothing with targetRate=0\.01/,
  ],
  [
    'dqn',
    { priorityBias: 0.5 },
    /^The option priorityBias of dqn does nothing with priority=0; leave it out, or give /,
  ],
  [
    'myopic',
    { steps: 3 },
    /^The option steps of myopic does nothing with gamma=0; leave it out, or give gamma another /,
  ],
  ['a2c', { gamma: 0, lambda: 0.5 }, /^The option lambda of a2c does nothing with gamma=0/],
  ['q-learning', { gamma: 0, awayDays: 2 }, /^The option awayDays of q-learning does nothing with gamma=0/],
] as const)('%s refuses an option that does nothing: %j', (agent, given, sentence) => {
  expect(() => optionsOf(agent, given)).toThrowError(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(sentence) }),
  )
})

test('what an action has where nothing is said is never refused', () => {
  expect(optionsOf('ddpg-la', { action: 'step', gamma: 0 }).steps).toBe(10)
  expect(optionsOf('ddpg-la', { action: 'proto', hidden: 8 }).long).toBe('rlstm')
})
