import { expect, test } from 'vitest'
import { armsProblem } from '../../src/arms/arms-problem.ts'

const problemOf = (arms: unknown) => armsProblem({ name: 'shop', arms: arms as never })

test('arms with names of their own, known policies and a share are allowed', () => {
  expect(
    problemOf([
      { name: 'today', policy: 'champion', share: 3 },
      { name: 'far-sighted', policy: 'ddpg-la', share: 0, options: { noise: { to: 0.3 } } },
    ]),
  ).toBeNull()
})

test.each([
  [[], 'must be a list such as'],
  [[null], 'The name of an arm of shop must be'],
  [[{ name: 'A', policy: 'champion', share: 1 }], 'not "A"'],
  [[{ name: 'a', policy: 'best', share: 1 }], 'must be one of champion, random, popularity'],
  [[{ name: 'a', policy: 'dqn', share: -1 }], 'must be a number from 0, not -1'],
  [[{ name: 'a', policy: 'dqn', share: 0 }], 'must come to more than 0'],
  [[{ name: 'a', policy: 'dqn', share: 1, gamma: 1 }], 'has no setting "gamma"'],
  [[{ name: 'a', policy: 'champion', share: 1, options: {} }], 'the champion takes none'],
  [[{ name: 'a', policy: 'dqn', share: 1, options: 4 }], 'must be an object'],
  [
    [{ name: 'a', policy: 'dqn', share: 1, options: { gama: 1 } }],
    'The arm a of shop cannot be: dqn has no option "gama"',
  ],
  [
    [{ name: 'a', policy: 'dqn', share: 1, options: { epsilon: { to: 2 } } }],
    'epsilon.to of dqn must be a number from 0 to 1',
  ],
  [
    [{ name: 'a', policy: 'ddpg-la', share: 1, options: { gamma: 0.98 } }],
    'gamma of ddpg-la belongs to action=step or proto and does nothing with action=session; leave it out, or set action=step or proto.',
  ],
  [
    [{ name: 'a', policy: 'a3c', share: 1, options: { actors: 2 } }],
    'The option actors of a3c does something in simulated worlds only; leave it out.',
  ],
])('%j is refused', (arms, message) => {
  expect(problemOf(arms)).toContain(message)
})

test('two arms of one name are refused', () => {
  const arm = { name: 'a', policy: 'random', share: 1 }
  expect(problemOf([arm, arm])).toContain('Two arms of shop have the name a')
})
