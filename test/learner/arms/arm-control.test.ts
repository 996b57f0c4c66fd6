import { expect, test } from 'vitest'
import { armControl } from '../../../src/learner/arms/arm-control.ts'
import type { Command } from '../../../src/records/command.ts'
import type { Arm } from '../../../src/records/definition.ts'
import { defaultGuard } from '../../../src/settings/defaults.ts'
import type { GuardSettings } from '../../../src/settings/types.ts'
import { seededRandom } from '../../../src/state/random.ts'

const arms: Arm[] = [
  { name: 'a', policy: 'champion', share: 1 },
  { name: 'b', policy: 'random', share: 1 },
]
const made = (guard: Partial<GuardSettings> = {}) => {
  const heard: (readonly number[])[] = []
  const control = armControl({ arms, guard: { ...defaultGuard, days: 1, ...guard } }, shares => heard.push(shares))
  for (let user = 0; user < 600; user++) control.resetUser(user)
  return { control, heard }
}
const promote = (arm: string, commandId = arm): Command => {
  const nobody = { fromUser: null, toUser: null }
  return { commandId, kind: 'promote', arm, shares: {}, ...nobody, time: 7, reason: '', appliedAt: null }
}

test('a command changes nothing before its sequence comes', () => {
  const { control, heard } = made()
  const { command, followed } = control.accept(promote('b'), 41)
  expect({ command, followed }).toEqual({
    command: { ...promote('b'), shares: { a: 0, b: 1 }, appliedAt: 41 },
    followed: true,
  })
  control.begin(41)
  control.schedule(command)
  expect(control.shares).toEqual({ a: 1, b: 1 })
  control.begin(40)
  expect(heard).toEqual([])
  control.begin(41)
  control.begin(42)
  expect(heard).toEqual([[0, 1]])
})

test('a command is judged by what those before it lead to', () => {
  const { control } = made()
  control.schedule(control.accept(promote('b'), 9).command)
  const back = { ...promote('b', 'back'), kind: 'roll-back' as const, arm: null }
  expect(control.accept(back, 9)).toMatchObject({ followed: true, command: { shares: { a: 1, b: 1 } } })
  expect(control.accept(promote('nobody'), 9)).toMatchObject({
    followed: false,
    command: { reason: 'Refused: it names no arm that there is, or nothing to undo.' },
  })
})

/** Users 0 … 599, every other one in each arm; those of b bring less. */
function live({ control }: ReturnType<typeof made>, from = 0, to = 600) {
  const over = to === 600
  const random = seededRandom(1, 'live')
  for (let user = 0; user < from; user++) random.normal()
  const acts: Command[] = []
  for (let user = from; user < to; user++) {
    const start = user * 1000
    control.list(user, user % 2, start)
    control.event(user, start + 1, 2 + random.normal() - (user % 2))
    const act = user % 50 === 49 ? control.endBlock(user + 1) : null
    if (act !== null) acts.push(act)
  }
  if (!over) return acts
  control.event(0, 4 * 86_400_000, 0)
  const act = control.endBlock(to + 1)
  return act === null ? acts : [...acts, act]
}

test('the guard takes an arm out whose users surely bring less, and says so', () => {
  const each = made()
  expect(live(each)).toEqual([
    {
      commandId: 'guard-b-601',
      fromUser: null,
      toUser: null,
      kind: 'guard',
      arm: 'b',
      shares: { a: 1, b: 0 },
      time: 4 * 86_400_000,
      reason: expect.stringMatching(
        /^its 300 users brought 1\.\d+ each, the 300 of a [12]\.\d+; the difference lies from -/,
      ),
      appliedAt: 602,
    },
  ])
  expect(each.heard).toEqual([[1, 0]])
})

test('it does not where it is switched off', () => {
  expect(live(made({ enabled: 'no' }))).toEqual([])
})

test('whom people give a share again is judged by what comes from then on', () => {
  const each = made()
  live(each)
  const back = { ...promote('b', 'back'), kind: 'roll-back' as const, arm: null }
  each.control.schedule(each.control.accept(back, 700).command)
  each.control.begin(700)
  expect(each.control.shares).toEqual({ a: 1, b: 1 })
  each.control.list(1, 0, 5 * 86_400_000)
  each.control.event(0, 9 * 86_400_000, 0)
  expect(each.control.endBlock(800)).toBeNull()
})

test('goes on after a restart as if there had been none', () => {
  const [whole, begun, restarted] = [made(), made(), made()]
  const acts = live(whole)
  expect(live(begun, 0, 300)).toEqual([])
  restarted.control.restore(begun.control.save(600))
  live(begun, 300)
  live(restarted, 300)
  expect(restarted.control.save(600)).toEqual(begun.control.save(600))
  expect(acts).toHaveLength(1)
})
