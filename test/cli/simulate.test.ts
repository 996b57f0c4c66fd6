import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { jsonLines, recstream } from './run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-simulate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const tiny = ['--steps', '640', '--people', '16', '--follow', '4', '--gate', '2', '--data', folder]

test.each([
  ['a mistyped policy', ['--policies', 'dqm'], /^error\[CONFIG_INVALID\]: .*"dqm".*dqn/],
  ['a mistyped world', ['--world', 'saturated'], /^error\[CONFIG_INVALID\]: .*"saturated".*saturating/],
  ['a mistyped option', ['--policies', 'dqn', '--set', 'dqn.gama=0'], /^error\[CONFIG_INVALID\]: .*"gama".*gamma/],
  ['seeds that are none', ['--seeds', '1,x'], /^error\[CONFIG_INVALID\]: .*1,2,3/],
  ['a folder that is not there', ['--source', 'nowhere'], /^error\[SOURCE_MISSING\]: .*"nowhere"/],
])('%s is told in a sentence', async (_, args, said) => {
  const { code, stdout, stderr } = await recstream(['simulate', ...tiny, ...args])
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(said)
})

test('a small run ends in one line of JSON and leaves tables and plots; again, it finds all of it', async () => {
  const output = join(folder, 'small')
  const policies = 'random,q-learning,q-learning:gamma=0'
  const args = [
    'simulate',
    ...tiny,
    '--policies',
    policies,
    '--seeds',
    '2',
    '--output',
    output,
    '--jobs',
    '2',
    '--json',
  ]
  const { code, stdout } = await recstream(args)
  expect(code).toBe(0)
  const lines = jsonLines(stdout)
  expect(lines).toHaveLength(1)
  const result = {
    rewardPerUserDay: {
      mean: expect.any(Number),
      sd: expect.any(Number),
      bySeed: [expect.any(Number), expect.any(Number)],
    },
    sessionLength: expect.any(Number),
    sessionsPerDay: expect.any(Number),
    effectiveGenres: expect.any(Number),
    returnRate: expect.any(Number),
    regret: expect.any(Number),
    stepsPerSecond: expect.any(Number),
  }
  expect(lines[0]).toMatchObject({
    ...{ world: 'saturating', source: 'generated-1', steps: 640, seeds: [1, 2] },
    policies: { random: result, 'q-learning': result, 'q-learning:gamma=0': result },
  })
  const found = lines[0] as { policies: Record<string, unknown> }
  expect(Object.keys(found.policies)).toEqual(['random', 'q-learning', 'q-learning:gamma=0'])
  expect(readdirSync(output).sort()).toEqual([
    'curve-reward-per-user-day-by-steps-of-training.svg',
    'scores-rewardPerUserDay.svg',
    'scores-sessionLength.svg',
    'summary.json',
    'table.md',
    'trials',
  ])
  expect(readFileSync(join(output, 'table.md'), 'utf8')).toMatch(/\| q-learning:gamma=0 \| \d+\.\d ± \d+\.\d \|/)
  // The rest of the trials' figures are kept with them, rates too.
  expect(jsonLines((await recstream(args)).stdout)).toEqual(lines)
})

test('interrupted, it says so in its exit code, and goes on with what is not finished', async () => {
  const args = ['simulate', ...tiny, '--policies', 'random,q-learning', '--seeds', '1', '--steps', '1600']
  const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    if (!said.includes('random seed 1: ') && `${said}${text}`.includes('random seed 1: ')) child.kill('SIGINT')
    said += text
  })
  const code = await new Promise(resolve => child.once('close', resolve))
  expect(code).toBe(130)
  expect(said).toContain('the same command goes on from here')
  expect(said).not.toContain('q-learning seed 1: ')

  const again = await recstream(args)
  expect(again.code).toBe(0)
  expect(again.stderr).toContain('random seed 1: finished earlier')
  expect(again.stderr).toMatch(/q-learning seed 1: Reward per user-day \d/)
})
