import { expect, test } from 'vitest'
import { RecstreamError } from '../../../src/errors.ts'
import { FollowerLists } from '../../../src/learner/process/follower-lists.ts'
import type { Log, OutgoingRecord } from '../../../src/log/log.ts'
import type { Recommendation } from '../../../src/records/recommendation.ts'
import definition from './small-arms.mjs'

const list = (recommendationId: string): Recommendation => ({
  ...{ recommendationId, userId: 'ann', time: 1, sequence: 7, partition: 0, offset: 6, modelVersion: 0 },
  ...{ policy: 'mean', arm: 'today', items: [{ itemId: 'i1', score: 1, propensity: 1, reason: '' }], short: null },
})

/** Lists over a log whose appends fail one after the other, as given, and then no more. */
function listsOver(failures: unknown[]) {
  const appended: OutgoingRecord[] = []
  const notices: string[] = []
  let producers = 0
  const producer = async () => {
    producers += 1
    return {
      append: async (_: string, records: readonly OutgoingRecord[]) => {
        const failure = failures.shift()
        if (failure !== undefined) throw failure
        appended.push(...records)
      },
      close: async () => {},
    }
  }
  const log = { producer } as unknown as Log
  const lists = new FollowerLists({ definition, log, follower: 'host.1', onNotice: message => notices.push(message) })
  return { lists, appended, notices, producers: () => producers }
}
const waiting = (...all: Recommendation[]) => ({ take: () => all.splice(0) })

test('lists that the log does not take wait, are told of once, and go out before those that came later', async () => {
  const away = new RecstreamError('LOG_UNAVAILABLE', 'No broker answers.')
  const fenced = new RecstreamError('PRODUCER_FENCED', 'The broker was away for long.')
  const { lists, appended, notices, producers } = listsOver([away, fenced])
  const asked = waiting(list('a'), list('b'))
  lists.publish(asked)
  await expect
    .poll(() => {
      lists.publish(waiting(list('c')))
      return lists.count
    })
    .toBeGreaterThan(1)
  await lists.close(waiting(list('d')))
  const headers = appended.map(record => record.headers)
  expect(headers.slice(0, 2)).toEqual([{ 'recstream-follower': 'host.1' }, { 'recstream-follower': 'host.1' }])
  expect(appended.length).toBe(lists.count)
  expect(notices).toEqual(['Lists that were asked for here wait to be published: No broker answers.'])
  expect(producers()).toBe(3)
})

test('what does not pass by itself ends the follower', async () => {
  const { lists } = listsOver([new RecstreamError('LOG_FORBIDDEN', 'The right to write is missing.')])
  lists.publish(waiting(list('a')))
  await lists.close(waiting())
  expect(() => lists.publish(waiting())).toThrow('The right to write is missing.')
})
