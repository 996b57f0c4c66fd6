import { expect, test } from 'vitest'
import { createPlanningAgent } from '../../src/agents/registry.ts'
import { openBackend } from '../../src/nn/backend.ts'
import { plainCatalogue } from './plain-catalogue.ts'

test.each([
  ['dqn', 6, 5],
  ['dqn', 1, 1],
  ['ddpg-la', 6, 5],
  ['ddpg-la', 1, 1],
  ['a2c', 1, 1],
  ['q-learning', 1, 1],
])(
  '%s stays within what rewards come to, with %i item(s), %i user(s) and 50 items barred',
  async (policy, items, users) => {
    const { tf } = await openBackend('wasm')
    const network = { hidden: 8, state: 16, batch: 16, memory: 1000, warmUp: 100, gamma: 0.5, exclude: 50 }
    const others: Record<string, Record<string, unknown>> = {
      a2c: { hidden: 8, state: 16, batch: 16, rollout: 16 },
      'q-learning': {},
      'ddpg-la': { ...network, action: 'proto' },
    }
    const given = { tf, catalogue: plainCatalogue(items), seed: 1 }
    const agent = createPlanningAgent(policy, { ...given, options: others[policy] ?? network })
    for (let user = 0; user < users; user++) agent.resetUser(user)
    let time = 1e12
    for (let n = 0; n < 400; n++) {
      time += 1000
      const user = n % users
      const [choice] = agent.choose(user, { time, length: 1, allowed: () => true, explore: true })
      const { item, propensity } = choice!
      agent.observe(user, { item, reward: 0.5, like: 0, time: time + 500, decided: time, propensity }, true)
      if (n % 10 === 0) agent.train()
    }
    const scores = agent
      .choose(0, { time, length: items, allowed: () => true, explore: false })
      .map(({ score }) => score)
    // A2C ranks by logits.
    for (const score of scores) expect(Math.abs(score)).toBeLessThan(policy === 'a2c' ? 50 : 2)
    const learned = Object.entries(agent.save(users)).filter(([name]) =>
      /^(online|actor|critic|values|weights)$/.test(name),
    )
    for (const [, values] of learned) for (const value of values) expect(Math.abs(Number(value))).toBeLessThan(20)
    expect(agent.steps).toBeGreaterThan(20)
    agent.dispose()
  },
)
