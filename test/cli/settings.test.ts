import { expect, test } from 'vitest'
import { fieldsOf } from '../../src/cli/settings/list.ts'
import { settings } from '../../src/settings/settings.ts'
import { jsonLines, recstream } from './run-cli.ts'

test('settings are found by their group, by their path, and options by their agent', () => {
  expect(fieldsOf('window').map(([path]) => path)).toEqual([
    ...['window.shortLength', 'window.usersInMemory', 'window.itemsInMemory'],
  ])
  expect(fieldsOf('learn.seed').map(([path]) => path)).toEqual(['learn.seed'])
  expect(fieldsOf('popularity').map(([path]) => path)).toEqual(['halfLife'])
  expect(fieldsOf('random')).toEqual([])
  expect(fieldsOf(undefined)).toHaveLength(settings.length)
  expect(() => fieldsOf('lern')).toThrow(
    'There is no setting, group of settings or agent "lern"; the nearest are learn,',
  )
})

test('the command lists them for people and for programs', async () => {
  const shown = await recstream(['settings', 'guard'])
  expect(shown.stdout).toMatch(/guard\.alpha +0\.05 +0\.000001 … 0\.5 +a chance +chance that an arm/)
  const json = await recstream(['settings', 'dqn', '--json'])
  expect(jsonLines(json.stdout)).toContainEqual({
    ...{ name: 'exclude', type: 'integer', default: 100, min: 0, max: 10_000, unit: 'items' },
    about: expect.stringContaining('last items'),
    use: { unless: { gamma: 0 } },
  })
  const wrong = await recstream(['settings', 'lern'])
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('the nearest are learn,')])
})

test('options of an agent say beside which others they do something', async () => {
  const { stdout } = await recstream(['settings', 'ddpg-la'])
  expect(stdout).toMatch(/\nclimb .*; only with action=session\n/)
  expect(stdout).toMatch(/\nhidden .*; only with action=step or proto; not with long=none and short=none\n/)
  expect((await recstream(['settings', 'a3c'])).stdout).toMatch(/\nactors .*; only in simulated worlds\n/)
})
