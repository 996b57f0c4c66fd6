import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { experiments } from '../../src/lab/experiment/registry.ts'
import { jsonLines, recstream } from './run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-experiment-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tiny = ['--pipeline', 'generated', '--source', 'events=600,users=40,items=30', '--data', folder]

test('without a name the experiments are listed', async () => {
  const { code, stdout } = await recstream(['experiment'])
  expect(code).toBe(0)
  for (const { name } of experiments) expect(stdout).toContain(name)
  expect(jsonLines((await recstream(['experiment', '--json'])).stdout)).toEqual([
    experiments.map(({ name, summary, pipeline }) => ({ name, summary, pipeline })),
  ])
})

test.each([
  [
    'a mistyped experiment',
    ['prequental'],
    /^error\[CONFIG_INVALID\]: There is no experiment "prequental"; .*prequential/,
  ],
  ['a source that is missing', ['prequential'], /^error\[SOURCE_MISSING\]: .*movielens.*--source/],
  ['a folder that is not there', ['prequential', '--source', 'nowhere'], /^error\[SOURCE_MISSING\]: .*"nowhere"/],
  ['a mistyped policy', ['prequential', ...tiny, '--policies', 'bais'], /^error\[CONFIG_INVALID\]: .*"bais".*bias/],
  ['learners that are none', ['shards', '--learners', '1,0'], /^error\[CONFIG_INVALID\]: .*1,2,4/],
  ['an interval that is none', ['shards', '--exchange', 'sometimes'], /^error\[CONFIG_INVALID\]: .*1000,10000,never/],
  ['learners of another experiment', ['cost', ...tiny, '--learners', '2'], /^error\[CONFIG_INVALID\]: .*shards/],
  ['seeds that are none', ['prequential', '--seeds', '1,x'], /^error\[CONFIG_INVALID\]: .*1,2,3/],
  ['a mistyped setting', ['prequential', ...tiny, '--set', 'learn.sed=7'], /^error\[CONFIG_INVALID\]: .*learn\.seed/],
  ['a pipeline that is not there', ['prequential', '-p', 'shop'], /^error\[PIPELINE_UNKNOWN\]: .*"shop"/],
])('%s is told in a sentence', async (_, args, said) => {
  const { code, stdout, stderr } = await recstream(['experiment', ...args])
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(said)
})

test('a small run ends in one line of JSON and leaves tables and plots', async () => {
  const output = join(folder, 'small')
  const { code, stdout } = await recstream([
    ...['experiment', 'prequential', ...tiny, '--policies', 'bias,ddpg-la-residual', '--seeds', '1,2'],
    ...['--output', output, '--json', '--jobs', '2'],
  ])
  expect(code).toBe(0)
  const lines = jsonLines(stdout)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatchObject({
    experiment: 'prequential',
    source: expect.stringMatching(/^generated\/users=40/),
    seeds: [1, 2],
    scores: {
      bias: { auc: expect.any(Number), logLoss: expect.any(Number), eventsPerSecond: expect.any(Number) },
      'ddpg-la-residual': { auc: expect.any(Number), logLoss: expect.any(Number), eventsPerSecond: expect.any(Number) },
    },
    deviation: { 'ddpg-la-residual': { auc: expect.any(Number) } },
    interval: { 'ddpg-la-residual': { auc: [expect.any(Number), expect.any(Number)] } },
  })
  expect(Object.keys((lines[0] as { scores: object }).scores).sort()).toEqual(['bias', 'ddpg-la-residual'])
  expect(readdirSync(output).sort()).toEqual([
    ...['pace.svg', 'scores-auc.svg', 'scores-logLoss.svg', 'summary.json', 'table.md', 'trials'],
  ])
  expect(readFileSync(join(output, 'table.md'), 'utf8')).toMatch(
    /\| ddpg-la-residual \| 0\.\d{4} ± 0\.\d{4} \(0\.\d{4}–0\.\d{4}\) \|/,
  )
})

test('learners that exchange are run in threads, and what they came to says what exchanging cost', async () => {
  const asked = ['--learners', '1,2', '--exchange', '200,never', '--seeds', '1']
  const { code, stdout } = await recstream(['experiment', 'shards', ...tiny, ...asked, '--json'])
  expect(code).toBe(0)
  const { scores } = jsonLines(stdout)[0] as { scores: Record<string, Record<string, number>> }
  expect(Object.keys(scores).sort()).toEqual([
    ...['2 learners, every 200 events', '2 learners, every 200 events at once'],
    ...[
      '2 learners, every 200 events with steps averaged',
      '2 learners, never',
      '2 learners, never at once',
      'one learner',
    ],
  ])
  expect(scores['2 learners, every 200 events']).toMatchObject({ exchangeShare: expect.any(Number) })
  expect(scores['2 learners, never']).not.toHaveProperty('exchangeShare')
  const same = (name: string) => [name, `${name} at once`].map(policy => scores[policy]!['logLoss'])
  for (const [apart, atOnce] of [same('2 learners, never'), same('2 learners, every 200 events')])
    expect(apart).toBe(atOnce)
})

test('interrupted, it says so in its exit code, and goes on with what is not finished', async () => {
  const args = ['experiment', 'prequential', ...tiny, '--policies', 'mean,ddpg-la-residual', '--seeds', '1']
  const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    if (!said.includes('mean: ') && `${said}${text}`.includes('mean: ')) child.kill('SIGINT')
    said += text
  })
  const code = await new Promise(resolve => child.once('close', resolve))
  expect(code).toBe(130)
  expect(said).toContain('the same command goes on from here')
  expect(said).not.toContain('ddpg-la-residual seed 1: ')

  const again = await recstream(args)
  expect(again.code).toBe(0)
  expect(again.stderr).toContain('mean: finished earlier')
  expect(again.stderr).toMatch(/ddpg-la-residual seed 1: AUC 0\.\d{4}/)
})
