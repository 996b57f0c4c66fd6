import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, describe, expect, test } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { recstream } from './run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const named = (command: Command): [string, Command][] =>
  command.commands.flatMap(each => [[each.name(), each] as [string, Command], ...named(each)])

const commands = named(await createProgram())

describe('help', () => {
  test.each(commands)('of %s shows an example and the common options', (_, command) => {
    let help = ''
    command.configureOutput({ writeOut: text => (help += text) }).outputHelp()
    expect(help).toMatch(/Examples?:\n(.|\n)*npx recstream/)
    if (command.commands.length === 0)
      for (const option of ['--data', '--json', '--debug']) expect(help).toContain(option)
  })

  test('of one command needs no other: each is there alone by its name', async () => {
    const names = (await createProgram()).commands.map(command => command.name())
    for (const name of names) {
      expect((await createProgram(name)).commands.map(command => command.name())).toEqual([name])
    }
  })

  test.each([['--help'], ['sql', '--help'], ['dead-letters', 'replay', '--help']])(
    'is no failure: %s %s',
    async (...args) => {
      expect(await recstream(args)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Usage: ') })
    },
  )

  test('without a command it is shown, and the exit code says that nothing was done', async () => {
    const { code, stderr } = await recstream([])
    expect(code).toBe(1)
    expect(stderr).toContain('Usage: recstream')
  })

  test('the version is that of the package', async () => {
    expect((await recstream(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('an error', () => {
  test('is one sentence with its code on stderr', async () => {
    const { code, stdout, stderr } = await recstream(['start', 'no-such-pipeline', '--data', folder])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^error\[PIPELINE_UNKNOWN\]: There is no pipeline "no-such-pipeline"; give one of .*\.\n$/)
  })

  test('is JSON on stdout as well with --json', async () => {
    const { code, stdout, stderr } = await recstream(['start', 'no-such-pipeline', '--json', '--data', folder])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'PIPELINE_UNKNOWN', message: expect.stringContaining('no-such-pipeline') },
    })
    expect(stderr).toMatch(/^error\[PIPELINE_UNKNOWN\]: /)
  })

  test('has a stack trace with --debug only', async () => {
    const { stderr } = await recstream(['start', 'no-such-pipeline', '--debug', '--data', folder])
    expect(stderr).toMatch(/\n {4}at /)
  })

  test.each([
    ['a mistyped command', ['strat'], /^error\[CONFIG_INVALID\]: Unknown command 'strat'; did you mean start\?\n$/],
    [
      'a mistyped option',
      ['sql', '--jsn'],
      /^error\[CONFIG_INVALID\]: Unknown option '--jsn'; did you mean --json\?\n$/,
    ],
    [
      'a mistyped topic',
      ['tail', 'item'],
      /^error\[TOPIC_UNKNOWN\]: There is no topic "item" here; did you mean items\?/,
    ],
    ['a mistyped setting', ['start', 'movielens', '--set', 'learn.sed=7'], /^error\[CONFIG_INVALID\]: .*learn\.seed/],
    [
      'a setting without a value',
      ['start', 'movielens', '--set', 'learn.seed'],
      /^error\[CONFIG_INVALID\]: .* such as learn\.seed=7; see --help\.\n$/,
    ],
    ['a missing argument', ['import'], /^error\[CONFIG_INVALID\]: Missing required argument 'pipeline'/],
    [
      'a missing folder',
      ['start', 'movielens', '--source', 'nowhere'],
      /^error\[SOURCE_MISSING\]: .*"nowhere".*--source/,
    ],
    ['no folder at all', ['start', 'movielens'], /^error\[SOURCE_MISSING\]: .*--source.*--no-import/],
    [
      'a broker without a port',
      ['tail', 'items', '--brokers', 'kafka'],
      /^error\[CONFIG_INVALID\]: "kafka" is no broker/,
    ],
    [
      'a login without a password',
      ['tail', 'items', '--brokers', 'k:1', '--sasl', 'plain', '--sasl-username', 'u', '--sasl-password-env', 'NONE'],
      /^error\[CONFIG_INVALID\]: There is no password in the variable of --sasl-password-env/,
    ],
    [
      'more brokers than there are ports',
      ['kafka', '--brokers', '3', '--port', '65534'],
      /^error\[CONFIG_INVALID\]: There is no port 65536; choose a lower --port\./,
    ],
    ['no pipeline to choose', ['sql', 'select 1'], /^error\[PIPELINE_UNKNOWN\]: No pipeline has run .* --pipeline/],
    [
      'a pipeline that never ran',
      ['tail', 'items', '-p', 'shop'],
      /^error\[PIPELINE_UNKNOWN\]: There is no log .*"shop"/,
    ],
  ])('says what to do about %s', async (_, args, said) => {
    const { code, stderr } = await recstream(args, { env: { RECSTREAM_DATA: folder } })
    expect(code).toBe(1)
    expect(stderr).toMatch(said)
  })

  test('leaves nothing behind', () => {
    expect(readdirSync(folder)).toEqual([])
  })
})
