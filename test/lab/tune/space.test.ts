import { expect, test } from 'vitest'
import { knownAgents } from '../../../src/agents/known-agents.ts'
import { fixedOptions, searchedDefaults, searchSpace, usedOptions } from '../../../src/lab/tune/space.ts'
import type { AgentName } from '../../../src/records/definition.ts'

test.each(Object.keys(knownAgents) as AgentName[])('what is usually searched of %s is allowed', name => {
  for (const dimension of searchSpace(name, [], {})) {
    const ends = 'choices' in dimension ? dimension.choices : [dimension.min, dimension.max]
    for (const value of ends) {
      expect(fixedOptions(name, { [dimension.name]: String(value) })).toEqual({ [dimension.name]: value })
    }
  }
})

test('usually searches width, rates, exploration and its decay, batch, target interval, memory and γ', () => {
  const names = searchSpace('dqn', [], {}).map(({ name }) => name)
  const wanted = ['hidden', 'state', 'rate', 'epsilon.to', 'epsilon.steps', 'batch', 'targetPeriod', 'memory', 'gamma']
  expect(names).toEqual(expect.arrayContaining(wanted))
})

test('the myopic ranker stays myopic, and what is fixed is not searched', () => {
  const names = searchSpace('myopic', [], { batch: 64 }).map(({ name }) => name)
  expect(names).not.toContain('gamma')
  expect(names).not.toContain('batch')
})

test('texts name values or a range, on the scale of the option', () => {
  const texts = ['gamma=0.9,0.95', 'rate=1e-4..1e-2', 'hidden=8..64', 'double=true,false', 'memory=1000..5000']
  expect(searchSpace('dqn', texts, {})).toEqual([
    { name: 'gamma', choices: [0.9, 0.95] },
    { name: 'rate', min: 1e-4, max: 1e-2, scale: 'log' },
    { name: 'hidden', min: 8, max: 64, scale: 'integer' },
    { name: 'double', choices: [true, false] },
    { name: 'memory', min: 1000, max: 5000, scale: 'log-integer' },
  ])
})

test.each([
  [['gama=0.9'], {}, 'dqn has no option "gama"; the nearest are gamma,'],
  [['gamma=2'], {}, 'gamma of dqn must be a number from 0 to 0.9999 (a factor per item), not "2"'],
  [['gamma=0.9,x'], {}, 'not "x"'],
  [['gamma=0.9..0.8'], {}, 'must go from a smaller number to a larger one'],
  [['hidden=1.5..8'], {}, 'hidden of dqn must be a whole number from'],
  [['double=true..false'], {}, 'must go from'],
  [['long=gru'], {}, 'long of dqn must be one of rlstm, lstm, none, not "gru"'],
  [['gamma'], {}, '"gamma" must be an option with values'],
  [['gamma=0.9', 'gamma=0.8'], {}, 'gamma is searched twice'],
  [['gamma=0.9'], { gamma: 0.9 }, 'gamma cannot be fixed and searched'],
])('refuses %j in a sentence', (texts, fixed, message) => {
  expect(() => searchSpace('dqn', texts, fixed)).toThrowError(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }),
  )
})

test('options that are fixed are read as the agent has them', () => {
  expect(fixedOptions('dqn', { gamma: '0.9', double: 'false', 'epsilon.to': '0.1' })).toEqual({
    ...{ gamma: 0.9, double: false, 'epsilon.to': 0.1 },
  })
  expect(() => fixedOptions('dqn', { epsilon: '0.1' })).toThrowError('dqn has no option "epsilon"')
})

const searched = (agent: AgentName, fixed: Record<string, string> = {}, texts: string[] = []) =>
  searchSpace(agent, texts, fixedOptions(agent, fixed)).map(({ name }) => name)

test('of an agent with several actions the options of the one that is fixed are searched', () => {
  expect(searched('ddpg-la')).toEqual(['noise.from', 'noise.to', 'draw.temperature', 'pace', 'updateEvery', 'climb'])
  expect(searched('ddpg-la', { action: 'step' })).toEqual(
    expect.arrayContaining(['noise.from', 'pace', 'gamma', 'long', 'hidden', 'hiddenLayers', 'actorRate', 'baseRate']),
  )
  const proto = searched('ddpg-la', { action: 'proto' })
  expect(proto).toEqual(expect.arrayContaining(['temperature.to', 'hiddenLayers', 'criticRate']))
  for (const other of ['noise.from', 'climb', 'baseRate']) expect(proto).not.toContain(other)
})

test('defaults beside what is fixed are those of the action', () => {
  const fixed = fixedOptions('ddpg-la', { action: 'step' })
  const defaults = searchedDefaults('ddpg-la', searchSpace('ddpg-la', [], fixed), fixed)
  expect(defaults).toMatchObject({ 'noise.from': 0.35, steps: 10, batch: 128, actorRate: 1e-3, hiddenLayers: 1 })
  // Neither interest is there, so their width does nothing.
  expect(defaults).not.toHaveProperty('hidden')
})

test('the myopic ranker is not searched where it looks ahead, and networks have a depth', () => {
  const names = searched('myopic')
  for (const idle of ['steps', 'targetRate', 'targetPeriod']) expect(names).not.toContain(idle)
  for (const agent of ['myopic', 'dqn', 'a2c', 'a3c'] as const) expect(searched(agent)).toContain('hiddenLayers')
})

test.each([
  [['climb=0.2,0.4'], { action: 'step' }, 'climb of ddpg-la belongs to action=session'],
  [['pace=0.5,1'], { gamma: '0.9' }, 'gamma of ddpg-la belongs to action=step or proto'],
  [[], { baseRate: '0.01' }, 'baseRate of ddpg-la belongs to action=step'],
])('refuses %j beside %j, which does nothing', (texts, fixed, message) => {
  expect(() => searched('ddpg-la', fixed, texts)).toThrowError(message)
})

test('what does nothing in some trials alone may be searched, and is left out of these', () => {
  expect(searched('ddpg-la', {}, ['action=session,step', 'climb=0.2,0.4'])).toEqual(['action', 'climb'])
  expect(usedOptions('ddpg-la', { action: 'step', climb: 0.2 })).toEqual({ action: 'step' })
  expect(usedOptions('dqn', { targetRate: 0.01, targetPeriod: 50 })).toEqual({ targetRate: 0.01 })
  expect(usedOptions('dqn', { targetRate: 0, targetPeriod: 50 })).toEqual({ targetRate: 0, targetPeriod: 50 })
})
