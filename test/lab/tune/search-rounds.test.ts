import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { inThisProcess } from '../../../src/lab/experiment/run-trials.ts'
import { openTrialStore } from '../../../src/lab/experiment/trial-store.ts'
import { tuningOn } from '../../../src/lab/tune/open-tuning.ts'
import type { Problem } from '../../../src/lab/tune/problem.ts'
import { search } from '../../../src/lab/tune/run-tuning.ts'
import { tuningPlots } from '../../../src/lab/tune/tuning-plots.ts'
import { tuningMarkdown } from '../../../src/lab/tune/tuning-table.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-tune-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Best where γ = 0.9, the better the more is learned from; the test is a little worse. Notes what ran. */
function hill(): Problem & { ran: string[] } {
  const ran: string[] = []
  return {
    ...{ name: 'hill', metric: 'ndcg10', identity: 'hill', ran },
    async run({ options, share, part, seed }, { progress }) {
      const gamma = (options['gamma'] as number | undefined) ?? 0.5
      ran.push(`${gamma} ${part} ${share.toFixed(2)} ${seed}`)
      progress(0.5)
      return { metrics: { ndcg10: share * (1 - Math.abs(gamma - 0.9)) - (part === 'test' ? 0.1 : 0), hr10: 1 } }
    },
  }
}

const setup = { agent: 'q-learning', trials: 100, points: 3, seed: 7, fixed: {}, strategy: 'grid' as const }
const space = ['gamma=0,0.5,0.8,0.9,0.95,0.99,0.1,0.2']

function begin(problem: Problem, changes: Partial<typeof setup> & { strategy?: never } = {}, stop?: AbortSignal) {
  const asked = { ...setup, ...changes, space }
  return search(asked, tuningOn(problem, asked), {
    ...{ store: openTrialStore(folder), program: 'p', jobs: 1 },
    ...{ signal: stop ?? new AbortController().signal, execute: inThisProcess({ clock: () => 0 }) },
  })
}

test('finds the best options by validation alone and tests them, and the defaults, once', async () => {
  const problem = hill()
  const { tuned } = await begin(problem)
  expect(tuned.best).toMatchObject({ options: { gamma: 0.9 }, validation: 1, test: { ndcg10: 0.9 } })
  expect(tuned.defaults).toEqual({ validation: 0.6, test: { ndcg10: 0.5, hr10: 1 } })
  expect(problem.ran).toHaveLength(9 + 2)
  expect(problem.ran.filter(each => each.includes('test'))).toEqual(['0.9 test 1.00 7', '0.5 test 1.00 7'])
  expect(tuned.trials.map(({ score }) => score)).toEqual(
    tuned.trials.map(({ score }) => score).toSorted((a, b) => b - a),
  )
})

test('halving runs few trials with all there is, and finds the same', async () => {
  const problem = hill()
  const asked = { ...setup, strategy: 'halving' as const, trials: 27, space: ['gamma=0..0.99'] }
  const { tuned } = await search(asked, tuningOn(problem, asked), {
    ...{ store: openTrialStore(folder), program: 'p', jobs: 3, signal: new AbortController().signal },
    execute: inThisProcess({ clock: () => 0 }),
  })
  expect(problem.ran.filter(each => each.includes('validation 1.00'))).toHaveLength(3)
  expect(problem.ran.filter(each => each.includes('validation 0.11'))).toHaveLength(27)
  expect(Math.abs((tuned.best.options['gamma'] as number) - 0.9)).toBeLessThan(0.05)
})

test('a search that was stopped goes on with the trial that was not finished', async () => {
  const stop = new AbortController()
  const problem = hill()
  const stopping: Problem = {
    ...problem,
    run(attempt, running) {
      if (problem.ran.length === 4) stop.abort(new Error('stopped'))
      running.signal.throwIfAborted()
      return problem.run(attempt, running)
    },
  }
  await expect(begin(stopping, {}, stop.signal)).rejects.toThrow('stopped')
  expect(problem.ran).toHaveLength(4)
  const { tuned } = await begin(problem)
  expect(problem.ran).toHaveLength(11)
  expect(tuned.best.options).toEqual({ gamma: 0.9 })
})

test('other options that are the same in every trial count as nothing finished', async () => {
  const problem = hill()
  await begin(problem)
  await begin(problem, { fixed: { itemClusters: '4' } })
  expect(problem.ran).toHaveLength(22)
})

test('the table names the best options and every trial; there is a plot by option and one of the best so far', async () => {
  const { tuned } = await begin(hill())
  const text = tuningMarkdown(tuned)
  expect(text).toContain('Best options: `{ gamma: 0.9 }`')
  expect(text).toMatch(/\| best \(04\) \| 1\.0000 \| 0\.9000 \| 1\.0000 \|/)
  // The defaults stand with the values that they have.
  expect(text).toMatch(/\| defaults \| all \| 0\.6000 \| 0\.0 \| 0\.99 \|/)
  expect(tuningPlots(tuned).map(({ name }) => name)).toEqual(['best-so-far', 'by-gamma'])
})

test('sets of options that differ in what does nothing are tried once', async () => {
  const asked = { ...setup, agent: 'dqn', space: ['targetRate=0,0.01', 'targetPeriod=20,50,100'] }
  const { candidates } = tuningOn(hill(), asked)
  expect(candidates.map(({ options }) => options)).toEqual([
    {},
    ...[20, 50, 100].map(targetPeriod => ({ targetRate: 0, targetPeriod })),
    { targetRate: 0.01 },
  ])
})

test('an option for simulated worlds is refused on a log', () => {
  const asked = { ...setup, agent: 'a3c', pipeline: 'movielens', fixed: { actors: '4' }, space: [] }
  expect(() => tuningOn(hill(), asked)).toThrowError('actors of a3c does something in simulated worlds only')
})
