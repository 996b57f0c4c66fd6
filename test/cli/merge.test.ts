import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { recstream } from './run-cli.ts'

const data = mkdtempSync(join(tmpdir(), 'recstream-merge-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

test('a merge is taken in with the next events, and stands in the table of commands', async () => {
  const start = (events: number) =>
    recstream([
      ...['start', 'generated', '--source', `events=${events},users=20,items=30`, '--until-idle'],
      ...['--backend', 'wasm', '--data', data],
    ])
  expect((await start(300)).code).toBe(0)
  const merge = await recstream(['merge', 'u1', 'u2', '-p', 'generated', '--data', data, '--reason', 'login', '--json'])
  expect(JSON.parse(merge.stdout)).toMatchObject({
    pipeline: 'generated',
    command: { kind: 'merge', fromUser: 'u1', toUser: 'u2', reason: 'login', appliedAt: null },
  })
  expect((await start(400)).code).toBe(0)
  const query = 'select from_user, to_user, reason, applied_at from commands where applied_at is not null'
  const { stdout } = await recstream(['sql', query, '--json', '--data', data])
  expect(JSON.parse(stdout)).toEqual([{ from_user: 'u1', to_user: 'u2', reason: 'login', applied_at: 301 }])
})

test.each([
  [['u1', 'u1'], /^error\[CONFIG_INVALID\]: "u1" is one user already; give the ids of two\.\n$/],
  [['', 'u1'], /^error\[CONFIG_INVALID\]: A user id is empty; give the ids of two users\.\n$/],
])('%j is told in one sentence', async (users, sentence) => {
  const { stderr, code } = await recstream(['merge', ...users, '-p', 'generated', '--data', data])
  expect(code).toBe(1)
  expect(stderr).toMatch(sentence)
})
