import { expect, test } from 'vitest'
import { startActors } from '../../../src/agents/a3c/actors.ts'
import { createA2c } from '../../../src/agents/a3c/agent.ts'
import { beginSharedLearner } from '../../../src/agents/a3c/learner.ts'
import { type A3cOptions, defaultA3c } from '../../../src/agents/a3c/options.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import { examine, tinyCatalogue } from '../tiny/problem.ts'
import { bandit } from '../tiny/problems.ts'

const world = new URL('./bandit-world.mjs', import.meta.url)

const options: A3cOptions = {
  ...{ ...defaultA3c, hidden: 8, state: 16, gamma: 0.8 },
  ...{ rollout: 64, batch: 32, rate: 5e-3, entropy: 0.03 },
}

async function begin(setup: object) {
  const { name: backend, tf } = await openBackend()
  let learner!: ReturnType<typeof beginSharedLearner>
  const agent = createA2c(tf, tinyCatalogue(bandit), {
    ...{ seed: 1, options },
    learner: values => {
      learner = beginSharedLearner(values, options.rate)
      return learner.learner
    },
  })
  const given = { options, backend, setup, actors: 2, seed: 1, module: world.href }
  return { agent, actors: startActors({ ...given, learner: learner.memory }) }
}

test('two actors in worlds of their own learn the bandit together, and end', { timeout: 240_000 }, async () => {
  const { agent, actors } = await begin({})
  await actors.runTo(3000)
  // Each finishes the round that it is in.
  expect(actors.done).toBeGreaterThanOrEqual(3000)
  expect(actors.done).toBeLessThan(3000 + 2 * 8)
  await actors.runTo(6000)
  const { updates, dropped } = await actors.stop()
  expect(updates).toBeGreaterThan(100)
  expect(dropped).toBe(0)
  agent.train() // takes over the newest weights
  expect(examine(agent, bandit)).toBeGreaterThan(bandit.solvedAt)
})

test('actors end when they are asked to, wherever they are', async () => {
  const { actors } = await begin({})
  const aborting = new AbortController()
  const running = actors.runTo(1e9, aborting.signal)
  aborting.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
  await actors.stop()
})

test('an actor that fails ends the run with what it said', async () => {
  const { actors } = await begin({ fails: true })
  await expect(actors.runTo(1000)).rejects.toMatchObject({
    code: 'TRAINING_FAILED',
    message: expect.stringContaining('the world came to its end'),
  })
  await actors.stop()
})
