import { beforeAll, expect, test } from 'vitest'
import type { PlanningAgent } from '../../src/agents/planning-agent.ts'
import { createPlanningAgent } from '../../src/agents/registry.ts'
import { type Backend, openBackend } from '../../src/nn/backend.ts'
import { randomCatalogue } from '../contracts/planning-agent.ts'
import { expectSameBits } from '../contracts/same-bits.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const minute = 60_000
const [users, ann] = [4, 2]

interface Seen {
  item: number
  reward: number
  like: number
}

type Asked = readonly [string, Readonly<Record<string, unknown>>]

/** Sessions of a few items each, from the first of which on weights are learned. */
const short = { sessionMinutes: 15 }
const asked: Asked[] = [
  ['dqn', {}],
  ['a3c', {}],
  ['ddpg-la', { action: 'session', sessionsFirst: 3, ...short }],
  ['ddpg-la', { action: 'step', long: 'none', short: 'none', steps: 3, ...short }],
  ['ddpg-la', { action: 'step', long: 'rlstm', short: 't-self-attention', steps: 3, ...short }],
  ['ddpg-la', { action: 'proto' }],
]

/** An agent that saw four users in turn, one of whom saw what a story says, and has not trained since. */
function agentThatSaw([name, given]: Asked, events: number, ofAnn: (event: number) => Seen): PlanningAgent {
  const sizes = name === 'a3c' ? { rollout: 32 } : { memory: 64, warmUp: 32, batch: 16 }
  const width = given['long'] === 'none' ? { state: 8 } : { hidden: 4, state: 8 }
  const options = given['action'] === 'session' ? given : { ...width, ...sizes, ...given }
  const agent = createPlanningAgent(name, { tf: backend.tf, catalogue: randomCatalogue(), seed: 1, options })
  for (let event = 0; event < events; event++) {
    const user = event % users
    // Every fifth round comes a quarter of an hour later.
    const time = event * 2 * minute + Math.floor(event / (5 * users)) * 15 * minute
    const seen = user === ann ? ofAnn(event) : { item: event % 30, reward: 0.5, like: 1 }
    agent.observe(user, { ...seen, time, decided: time, propensity: 0.1 }, true)
  }
  return agent
}

// One that remembers less than a person did, too.
test.each(asked.flatMap(([name, given]) => [40, 200].map(events => ({ name, given, events }))))(
  '$name $given.action, after $events events: nothing of what somebody did is left once they are forgotten',
  ({ name, given, events }) => {
    const stories = [
      (event: number) => ({ item: event % 7, reward: 1, like: 1 }),
      (event: number) => ({ item: 29 - (event % 5), reward: 0.25, like: 0 }),
    ]
    const agents = stories.map(story => agentThatSaw([name, given], events, story))
    const saved = () => agents.map(agent => agent.save(users))
    const [one, other] = saved()
    expect(() => expectSameBits(one!, other!)).toThrow()
    for (const agent of agents) {
      agent.forgetUser(ann)
      agent.resetUser(ann)
    }
    const [without, alike] = saved()
    expectSameBits(without!, alike!)
    // And it goes on learning from everybody else.
    const [agent] = agents
    for (let k = 0; k < 3; k++) agent!.train()
    const floats = Object.entries(agent!.save(users)).filter(([, array]) => array instanceof Float32Array)
    expect(floats.filter(([, array]) => !array.every(Number.isFinite)).map(([part]) => part)).toEqual([])
    expect(agent!.steps).toBeGreaterThan(0)
    expect(agent!.dropped).toBe(0)
    for (const each of agents) each.dispose()
  },
)
