import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { createAgent } from '../../../src/agents/ddpg-la/residual/agent.ts'
import { createLearner } from '../../../src/learner/create-learner.ts'
import type { Learner } from '../../../src/learner/learner.ts'
import type { Trainer } from '../../../src/learner/training/trainer.ts'
import { workerTrainer } from '../../../src/learner/training/worker-trainer.ts'
import { type Backend, type BackendName, openBackend } from '../../../src/nn/backend.ts'
import { packageRoot } from '../../../src/package-root.ts'
import { smallPipeline, smallWorld, toBlocks } from '../interest-stream.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const definition = smallPipeline({ blockSize: 48, batchesPerStep: 3 })
const events = 450
const [block] = toBlocks(smallWorld(events, 1), { shortLength: 4, size: events })
const disposed: (Learner | Trainer)[] = []
afterEach(() => {
  for (const each of disposed.splice(0)) each.dispose()
})

function learner(training: 'inline' | 'worker'): Learner {
  const created = createLearner({ definition, backend, training })
  disposed.push(created)
  return created
}

const everything = (each: Learner) => ({ state: each.save(), sha: each.weightsSha256(), scores: each.scores() })

test('a thread beside the events gives the weights, scores, lists and versions that training inline gives', () => {
  const [inline, worker] = [learner('inline'), learner('worker')]
  const expected = inline.consume(block!, 0, events)
  const output = worker.consume(block!, 0, events)
  expect(output).toEqual(expected)
  expect(output.recommendations.length).toBeGreaterThan(20)
  expect(everything(worker)).toEqual(everything(inline))
})

test('a learner saved while its thread is at work and restored into another equals one that never stopped', () => {
  const inline = learner('inline')
  inline.consume(block!, 0, events)
  const first = learner('worker')
  // Saved right after a step was begun, and in the middle of a block.
  first.consume(block!, 0, 96)
  const second = learner('worker')
  second.restore(first.save())
  second.consume(block!, 0, 200)
  const third = learner('worker')
  third.restore(second.save())
  third.consume(block!, 0, events)
  expect(everything(third)).toEqual(everything(inline))
})

/** A trainer whose thread finds no backend. */
function failing(): Trainer {
  const agent = createAgent({
    ...{ record: 2, positions: 2, profile: 1, candidate: 1, hidden: 2, short: 2, burnIn: 0 },
    ...{
      enhancement: 'rlstm',
      weighting: 't-self-attention',
      form: 'reward',
      seed: 1,
      batch: 2,
      batchesPerStep: 1,
      replayCapacity: 4,
    },
    ...{ loss: 'squared', learningRate: 0.001, weightDecay: 0, gamma: 0, criticWeight: 0, targetRate: 0.01 },
  })
  const trainer = workerTrainer(agent, 'gpu' as BackendName)
  disposed.push(trainer)
  return trainer
}

test('a thread that cannot go on is an error with a code, now and at every later step', () => {
  const trainer = failing()
  trainer.settle()
  trainer.begin(0)
  const failed = expect.objectContaining({ code: 'TRAINING_FAILED', retriable: true })
  expect(() => trainer.settle()).toThrow(failed)
  expect(() => trainer.settle()).toThrow(/no backend "gpu"/)
})

test('why a thread ended is known as well where its end was noticed first', async () => {
  await setImmediate() // other tests' threads have been announced by then
  const started = once(process, 'worker') as Promise<[Worker]>
  const trainer = failing()
  const [thread] = await started
  await once(thread, 'exit')
  expect(() => trainer.settle()).toThrow(/no backend "gpu"/)
})

test.each(['disposed', 'forgotten'])('a process whose learner was %s ends by itself', how => {
  const source = (path: string) => JSON.stringify(join(packageRoot(), 'dist', 'src', path))
  const program = `
    const { openBackend } = await import(${source('nn/backend.js')})
    const { createLearner } = await import(${source('learner/create-learner.js')})
    const definition = JSON.parse(process.argv[1])
    const learner = createLearner({ definition, backend: await openBackend('cpu'), training: 'worker' })
    learner.weightsSha256()
    if (process.argv[2] === 'disposed') learner.dispose()
  `
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', program, '--', JSON.stringify(definition), how],
    { timeout: 30_000, encoding: 'utf8' },
  )
  expect(stderr).toBe('')
  expect(status).toBe(0)
})
