import { expect, test } from 'vitest'
import { RecstreamError } from '../../../src/errors.ts'
import type { Log } from '../../../src/log/log.ts'
import { awaitLog } from '../../../src/run/roles/await-log.ts'

test('brokers that do not answer are waited for, and it is heard when that is over', async () => {
  const log = {} as Log
  const away = () => new RecstreamError('LOG_UNAVAILABLE', 'No broker.')
  const answers = [away(), away(), log]
  const heard: (string | null)[] = []
  const open = async () => {
    const answer = answers.shift()!
    if (answer instanceof Error) throw answer
    return answer
  }
  expect(await awaitLog(open, reason => heard.push(reason))).toBe(log)
  expect(heard).toEqual(['No broker.', 'No broker.', null])
})

test('what does not pass by itself is not waited for', async () => {
  const heard: unknown[] = []
  const refused = new RecstreamError('LOG_AUTHENTICATION', 'No such user.')
  await expect(
    awaitLog(
      () => Promise.reject(refused),
      reason => heard.push(reason),
    ),
  ).rejects.toBe(refused)
  expect(heard).toEqual([])
})
