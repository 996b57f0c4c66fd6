import { expect, test } from 'vitest'
import { finishedSessions, kinds } from '../../../../../src/agents/ddpg-la/planning/index/finished-sessions.ts'
import { baseGate } from '../../../../../src/agents/ddpg-la/planning/index/gate.ts'
import { defaultDdpg } from '../../../../../src/agents/ddpg-la/planning/options.ts'
import { sessionCritic } from '../../../../../src/agents/ddpg-la/planning/session/critic.ts'
import { seededRandom } from '../../../../../src/state/random.ts'

const setup = { weights: 2, states: 1, fade: 1e9, capDays: 2 }

/** Sessions with noise on two weights, of which the first is best at 1 and the second says nothing. */
function sessionsAround(centre: number, rewardOf = (weight: number) => 5 - (weight - 1) ** 2) {
  const random = seededRandom(1, 'sessions')
  const sessions = finishedSessions(1000, 2, 1)
  for (let k = 0; k < 600; k++) {
    const numbers = [centre + 0.5 * random.normal(), 0.5 * random.normal()]
    const reward = rewardOf(numbers[0]!) + random.normal()
    sessions.add({ numbers, state: [random.normal()], kind: kinds.noise, reward, days: 1, own: 1, step: k }, -1)
  }
  return sessions
}

test('a weight should grow below its best value and shrink above it, one that says nothing hardly', () => {
  const critic = sessionCritic(setup)
  const [below, still] = critic.climb(sessionsAround(0), [0, 0], 0.5, 600)
  expect(below).toBeGreaterThan(5)
  expect(Math.abs(still!)).toBeLessThan(3)
  expect(critic.climb(sessionsAround(2), [2, 0], 0.5, 600)[0]).toBeLessThan(-5)
  expect(Math.abs(critic.climb(sessionsAround(0), [1, 0], 0.5, 600)[0]!)).toBeLessThan(3)
})

test('a reward that drives people away is worth less than one that does not', () => {
  const sessions = finishedSessions(1000, 2, 1)
  const random = seededRandom(2, 'sessions')
  for (let k = 0; k < 600; k++) {
    const weight = random.normal()
    // One more in a session, and up to two days more until the next.
    const [reward, days] = [5 + 0.5 * weight, Math.min(2, Math.max(0.1, 0.5 + 0.3 * weight))]
    sessions.add({ numbers: [weight, 0], state: [0], kind: kinds.noise, reward, days, own: 1, step: k }, -1)
  }
  expect(sessionCritic(setup).climb(sessions, [0, 0], 1, 600)[0]).toBeLessThan(-3)
})

test('sessions that came from elsewhere or were forgotten say nothing', () => {
  const sessions = sessionsAround(0)
  const before = [...sessionCritic(setup).climb(sessions, [0, 0], 0.5, 600)]
  const number = sessions.add(
    { numbers: [9, 9], state: [9], kind: kinds.noise, reward: 1e3, days: 1, own: 1, step: 600 },
    -1,
  )
  expect([...sessionCritic(setup).climb(sessions, [0, 0], 0.5, 600)]).not.toEqual(before)
  sessions.forget(number)
  expect([...sessionCritic(setup).climb(sessions, [0, 0], 0.5, 600)]).toEqual(before)
})

test('the base serves while the learned weights are surely behind, and no longer once they are not', () => {
  const gate = baseGate({ ...defaultDdpg, fade: 100, noisy: { from: 0.5, to: 0.5, steps: 1 } })
  const sessions = finishedSessions(1000, 2, 1)
  const random = seededRandom(3, 'sessions')
  const live = (from: number, learned: number) => {
    for (let step = from; step < from + 200; step++) {
      for (const [kind, mean] of [
        [kinds.base, 5],
        [kinds.mean, learned],
      ] as const) {
        const session = { numbers: [0, 0], state: [0], kind, reward: mean + random.normal(), days: 1, own: 1, step }
        sessions.add(session, -1)
      }
    }
    gate.judge(sessions, from + 200)
  }
  live(0, 5)
  expect(gate.isClosed).toBe(false)
  expect(gate.shares(0)).toEqual({ base: 0.05, mean: 0.475 })
  live(200, 4)
  expect(gate.isClosed).toBe(true)
  expect(gate.shares(0)).toEqual({ base: 0.475, mean: 0.05 })
  live(400, 6)
  live(600, 6)
  expect(gate.isClosed).toBe(false)
})
