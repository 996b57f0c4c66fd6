import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { encodeModelVersion } from '../../../src/codec/output.ts'
import { LeaderReach } from '../../../src/learner/process/leader-reach.ts'
import { reachRecord, sequenceHeader, versionRecord } from '../../../src/learner/process/records.ts'
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { besideHeader } from '../../../src/log/published.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'

const topics = topicsOf('shop')
const list = (row: number, key = 'ann') => ({
  ...{ key, timestamp: row, value: Buffer.alloc(200), headers: { [sequenceHeader]: String(row) } },
})
const beside = { key: 'ann', timestamp: 0, value: Buffer.alloc(1), headers: { [besideHeader]: 'host.1' } }
const version = (row: number) => ({
  ...{ learner: 'shop', version: row - 1, sequence: row, sequences: row - 1, step: 1, weightsSha256: 'a' },
  ...{ champion: 'mean', scores: [], served: [], index: [] },
})

async function opened() {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-reach-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const log = await openEmbeddedLog({ folder, segmentBytes: 1_000 })
  onTestFinished(() => log.close())
  await log.ensureTopics(topicSpecs('shop', 2))
  const producer = await log.producer('test')
  const put = (topic: string, ...records: Parameters<typeof producer.append>[1]) => producer.append(topic, records)
  return { log, put }
}

test('lists, versions and records without a value say how far the leader is, lists of followers nothing', async () => {
  const { log, put } = await opened()
  await put(topics.recommendations, list(7), list(9, 'bob'), beside)
  const unreadable: number[] = []
  const leader = await LeaderReach.open(log, topics, ({ offset }) => unreadable.push(offset))
  expect(leader.row).toBe(9)
  await put(topics.recommendations, list(12), beside)
  expect(await leader.read(1_000)).toEqual([])
  expect(leader.row).toBe(12)
  const read = async () => {
    for (;;) {
      const versions = await leader.read(0)
      if (versions.length > 0 || (await leader.caughtUp())) return versions
    }
  }
  await put(topics.modelVersions, versionRecord(version(20), 'avro'))
  expect(await read()).toEqual([version(20)])
  expect(leader.row).toBe(20)
  await put(
    topics.modelVersions,
    reachRecord('shop', { row: 31, version: 19 }),
    reachRecord('shop', { row: 30, version: 19 }),
  )
  expect(await read()).toEqual([])
  expect(leader.row).toBe(31)
  await put(topics.modelVersions, { key: 'shop', timestamp: 0, value: Buffer.from('somebody else wrote this') })
  expect(await read()).toEqual([])
  expect(unreadable).toHaveLength(1)
  await leader.close()
})

test('a version of before there was that header says it too', async () => {
  const { log, put } = await opened()
  const leader = await LeaderReach.open(log, topics, () => {})
  await put(topics.modelVersions, { key: 'shop', timestamp: 0, value: encodeModelVersion(version(20), 'avro') })
  expect(await leader.read(1_000)).toEqual([version(20)])
  expect(leader.row).toBe(20)
  await leader.close()
})

test('where what it was about to read is gone, the newest lists say how far the leader is', async () => {
  const { log, put } = await opened()
  await put(topics.recommendations, list(1))
  const leader = await LeaderReach.open(log, topics, () => {})
  for (let row = 2; row <= 60; row++) await put(topics.recommendations, list(row, `user ${row % 5}`))
  expect((await log.retain(topics.recommendations, 50)).records).toBeGreaterThan(20)
  while (leader.row < 60) await leader.read(10)
  await put(topics.recommendations, list(61))
  while (leader.row < 61) await leader.read(10)
  await leader.close()
})
