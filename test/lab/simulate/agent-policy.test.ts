import { expect, test } from 'vitest'
import type { PlanningAgent, Shown } from '../../../src/agents/planning-agent.ts'
import { agentPolicy, worldCatalogue } from '../../../src/lab/simulate/agent-policy.ts'
import { worlds } from '../../../src/lab/simulate/world/settings.ts'
import { createWorld } from '../../../src/lab/simulate/world/world.ts'
import { generated } from './world/population.ts'

/** Shows the first item allowed, and keeps what it is given. */
function listener() {
  const resets: number[] = []
  const received: { user: number; shown: Shown; learn: boolean }[] = []
  const agent: Pick<PlanningAgent, 'resetUser' | 'choose' | 'observe'> = {
    resetUser: user => resets.push(user),
    choose(_, { allowed }) {
      let item = 0
      while (!allowed(item)) item++
      return [{ item, propensity: 0.25, score: 0 }]
    },
    observe: (user, shown, learn) => received.push({ user, shown, learn }),
  }
  return { agent, resets, received }
}

const world = () => createWorld({ population: generated, settings: worlds.saturating, slots: 2, seed: 3 })

test('an agent learns of each item when it was chosen, when it ended and what came of it, under its own slot of the user', () => {
  const { agent, received } = listener()
  const seats = { person: new Int32Array(12) }
  const people = world()
  const policy = agentPolicy({ agent, seats, userOf: slot => slot + 10, learning: true })(people, 1)
  for (let step = 0; step < 50; step++) {
    const decided = people.time(1)
    const item = policy.choose(1)
    const outcome = people.show(1, item)
    policy.observe(1, item, outcome)
    const { watch: reward, like, time } = outcome
    expect(received.at(-1)).toEqual({
      user: 11,
      shown: { item, reward, like, time, decided, propensity: 0.25 },
      learn: true,
    })
  }
})

test('somebody new in a slot is somebody new to the agent, whose catalogue says who', () => {
  const { agent, resets } = listener()
  const seats = { person: new Int32Array(2) }
  const people = world()
  const catalogue = worldCatalogue(people.knowledge, seats)
  const policy = agentPolicy({ agent, seats, userOf: slot => slot, learning: false })(people, 1)
  while (people.generation(0) < 3) {
    const item = policy.choose(0)
    const profile = new Float32Array(9)
    catalogue.readProfile(0, profile)
    const person = people.person(0)
    expect(profile).toEqual(people.knowledge.profiles.slice(person * 9, (person + 1) * 9))
    policy.observe(0, item, people.show(0, item))
  }
  expect(resets).toEqual([0, 0, 0])
})

test('what is barred is not allowed', () => {
  const people = world()
  const { agent } = listener()
  const policy = agentPolicy({ agent, seats: { person: new Int32Array(2) }, userOf: slot => slot, learning: false })(
    people,
    1,
  )
  const shown: number[] = []
  while (people.generation(0) === 0 && shown.length < 80) {
    const item = policy.choose(0)
    shown.push(item)
    people.show(0, item)
  }
  expect(new Set(shown).size).toBe(shown.length)
})
