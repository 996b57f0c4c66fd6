import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Trial } from '../../../src/lab/experiment/experiment.ts'
import { type RunOptions, runTrials } from '../../../src/lab/experiment/run-trials.ts'
import { openTrialStore } from '../../../src/lab/experiment/trial-store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-trials-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const trials = ['a', 'b', 'c', 'd'].map(
  (policy, at): Trial => ({
    name: `${policy} seed 1`,
    policy,
    seed: 1,
    run: async () => ({ metrics: { rmse: at } }),
  }),
)

/** A run that notes which trials it really ran, and gives up in `stopIn`. */
function run(changes: Partial<RunOptions<Trial>> & { stopIn?: string } = {}) {
  const ran: string[] = []
  const stop = new AbortController()
  const ended = runTrials({
    ...{ experiment: 'letters', trials, store: openTrialStore(folder), identity: 'source 1', program: 'p', jobs: 1 },
    signal: stop.signal,
    execute: async (trial, progress, signal) => {
      if (trial.policy === changes.stopIn) stop.abort(new Error('stopped'))
      signal.throwIfAborted()
      ran.push(trial.policy)
      progress(0.5)
      return { result: await trial.run({} as never), seconds: 1 }
    },
    ...changes,
  })
  return { ran, ended }
}

test('a run that was stopped goes on with the trial that was not finished', async () => {
  const first = run({ stopIn: 'c' })
  await expect(first.ended).rejects.toThrow('stopped')
  expect(first.ran).toEqual(['a', 'b'])

  const second = run()
  expect((await second.ended).map(({ policy, result }) => [policy, result.metrics['rmse']])).toEqual([
    ['a', 0],
    ['b', 1],
    ['c', 2],
    ['d', 3],
  ])
  expect(second.ran).toEqual(['c', 'd'])
  expect(readdirSync(join(folder, 'trials')).sort()).toEqual(['a', 'b', 'c', 'd'].map(name => `${name}-seed-1.json`))
})

test('other events, settings or another experiment count as nothing finished', async () => {
  await run().ended
  for (const changes of [{ identity: 'source 2' }, { experiment: 'other letters' }]) {
    const again = run(changes)
    await again.ended
    expect(again.ran).toEqual(['a', 'b', 'c', 'd'])
  }
})

test('a damaged file is run again, a cleared store all of it', async () => {
  await run().ended
  writeFileSync(join(folder, 'trials', 'b-seed-1.json'), '{"name": "b se')
  const mended = run()
  await mended.ended
  expect(mended.ran).toEqual(['b'])

  openTrialStore(folder).clear()
  const fresh = run()
  await fresh.ended
  expect(fresh.ran).toEqual(['a', 'b', 'c', 'd'])
})

test('as many are under way at once as there are jobs, and the share done only rises to the whole', async () => {
  let [atOnce, most] = [0, 0]
  const shares: number[] = []
  const { ended } = run({
    jobs: 3,
    execute: async (trial, progress) => {
      most = Math.max(most, ++atOnce)
      progress(0.5)
      await new Promise(setImmediate)
      atOnce -= 1
      return { result: await trial.run({} as never), seconds: 1 }
    },
    onProgress: ({ done, total }) => shares.push(done / total),
  })
  expect((await ended).map(({ policy }) => policy)).toEqual(['a', 'b', 'c', 'd'])
  expect(most).toBe(3)
  expect(shares.at(-1)).toBe(1)
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
})

test('a trial that fails ends the run, and what others finished stays', async () => {
  const failing = run({
    jobs: 2,
    execute: async trial => {
      if (trial.policy === 'a') throw new Error('no memory')
      await new Promise(setImmediate)
      return { result: await trial.run({} as never), seconds: 1 }
    },
  })
  await expect(failing.ended).rejects.toThrow('no memory')
  expect(readdirSync(join(folder, 'trials'))).toEqual(['b-seed-1.json'])
})
