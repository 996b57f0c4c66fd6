import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { jsonLines, recstream } from './run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-tune-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tiny = ['--pipeline', 'generated', '--source', 'events=2000,users=60,items=40,session=5', '--data', folder]

test.each([
  ['a mistyped agent', ['dqm'], /^error\[CONFIG_INVALID\]: There is no agent "dqm"; the nearest are dqn,/],
  ['a mistyped option', ['dqn', '--space', 'gama=0.9'], /^error\[CONFIG_INVALID\]: dqn has no option "gama"; .*gamma/],
  ['a space without values', ['dqn', '--space', 'gamma'], /^error\[CONFIG_INVALID\]: .*gamma=0\.9,0\.95/],
  ['another strategy', ['dqn', '--strategy', 'bayes'], /^error\[CONFIG_INVALID\]: .*halving/],
  ['a grid that is too large', ['dqn', '--strategy', 'grid'], /^error\[CONFIG_INVALID\]: The grid has .*--trials/],
  ['a world that is not there', ['dqn', '--world', 'flat'], /^error\[CONFIG_INVALID\]: There is no world "flat"/],
  ['a pipeline that is not there', ['dqn', '-p', 'shop'], /^error\[PIPELINE_UNKNOWN\]: .*"shop"/],
  ['a source that is missing', ['dqn', '-p', 'movielens'], /^error\[SOURCE_MISSING\]: .*--source/],
])('%s is told in a sentence', async (_, args, said) => {
  const { code, stdout, stderr } = await recstream(['tune', ...args])
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(said)
})

test('a small search on a log ends in one line of JSON and leaves table and plots', async () => {
  const output = join(folder, 'small')
  const { code, stdout } = await recstream([
    ...['tune', 'popularity', ...tiny, '--trials', '4', '--strategy', 'random', '--ranked', '100'],
    ...['--output', output, '--json', '--jobs', '2'],
  ])
  expect(code).toBe(0)
  const lines = jsonLines(stdout) as { trials: { name: string }[] }[]
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatchObject({
    ...{ agent: 'popularity', metric: 'ndcg10', strategy: 'random', seed: 1 },
    problem: expect.stringMatching(/^generated\/users=60/),
    best: { validation: expect.any(Number), test: { ndcg10: expect.any(Number), hr10: expect.any(Number) } },
  })
  expect(lines[0]!.trials.map(({ name }) => name).sort()).toEqual(['01', '02', '03', 'defaults'])
  expect(readdirSync(output).sort()).toEqual([
    'best-so-far.svg',
    'by-halfLife.svg',
    'summary.json',
    'table.md',
    'trials',
  ])
  expect(readFileSync(join(output, 'table.md'), 'utf8')).toContain('| NDCG@10 (validation) |')
})

test('interrupted, it says so in its exit code, and goes on with what is not finished', async () => {
  const args = ['tune', 'q-learning', ...tiny, '--trials', '3', '--strategy', 'random', '--space', 'gamma=0.5,0.9']
  const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    if (!said.includes('defaults validation: ') && `${said}${text}`.includes('defaults validation: '))
      child.kill('SIGINT')
    said += text
  })
  const code = await new Promise(resolve => child.once('close', resolve))
  expect(code).toBe(130)
  expect(said).toContain('the same command goes on from here')
  expect(said).not.toContain('02 validation: ')

  const again = await recstream(args)
  expect(again.code).toBe(0)
  expect(again.stderr).toContain('defaults validation: finished earlier')
  expect(again.stdout).toContain('Best options: {')
})
