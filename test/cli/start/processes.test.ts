import { expect, test } from 'vitest'
import { processesFrom } from '../../../src/cli/start/processes.ts'

const four = { parts: 4 }
const layout = { root: '/data/shop' }
const kafka = { kafka: true, untilIdle: false }

test('everything runs in one ingest where nothing is asked', () => {
  expect(processesFrom({}, { parts: 1 }, layout, { kafka: false, untilIdle: true })).toEqual({ ingest: { shards: 1 } })
})

test('parts are shared by as many processes as are asked for', () => {
  expect(processesFrom({ shards: 3 }, four, layout, { ...kafka, kafka: false })).toEqual({ ingest: { shards: 3 } })
})

test('a shard alone has a lock and a log of its own in the folder', () => {
  expect(processesFrom({ role: 'ingest', shard: { shard: 1, of: 4 } }, four, layout, kafka)).toEqual({
    role: 'ingest',
    ingest: { shard: 1, of: 4 },
    runLog: '/data/shop/run-ingest-1-of-4.log',
    lock: '/data/shop/start-ingest-1-of-4.lock',
  })
  expect(processesFrom({ role: 'ingest', shards: 2 }, four, layout, kafka)).toEqual({
    role: 'ingest',
    ingest: { shards: 2 },
    runLog: '/data/shop/run-ingest.log',
    lock: '/data/shop/start-ingest.lock',
  })
  expect(processesFrom({ role: 'learn' }, four, layout, kafka)).toMatchObject({
    role: 'learn',
    lock: '/data/shop/start-learn.lock',
  })
})

test.each([
  [{ shards: 2 }, { parts: 1 }, kafka, /one part.*begins with --set parts=2/],
  [{ shards: 5 }, four, kafka, /4 parts.*give 4 shards at most, not 5/],
  [{ shard: { shard: 0, of: 2 } }, four, kafka, /give --role ingest/],
  [{ role: 'learn' as const, shard: { shard: 0, of: 2 } }, four, kafka, /give --role ingest/],
  [{ role: 'learn' as const, shards: 2 }, four, kafka, /without --role learn/],
  [{ role: 'ingest' as const }, four, { ...kafka, kafka: false }, /give --brokers/],
  [{ role: 'ingest' as const }, four, { ...kafka, untilIdle: true }, /--until-idle without --role/],
])('%j of %j is refused', (options, definition, how, message) => {
  expect(() => processesFrom(options, definition, layout, how)).toThrow(message)
})
