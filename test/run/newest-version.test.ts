import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeModelVersion } from '../../src/codec/output.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { newestVersion } from '../../src/run/newest-version.ts'

const topic = 'shop.model-versions'
const version = (number: number) => ({
  key: 'shop',
  timestamp: 0,
  value: encodeModelVersion(
    {
      ...{ learner: 'shop', version: number, sequence: number, sequences: number, step: 1, weightsSha256: '' },
      ...{ champion: 'mean', scores: [], served: [], index: [] },
    },
    'avro',
  ),
})
/** How far the learner had come. */
const reached = { key: 'shop.reached', timestamp: 0, value: null }

test('the newest version is found behind any number of records that tell of none, and again when more has come', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-newest-'))
  const log = await openEmbeddedLog({ folder })
  try {
    await log.ensureTopics([{ name: topic, partitions: 1, compacted: true }])
    const producer = await log.producer('test')
    const newest = newestVersion(log, topic)
    expect(await newest()).toBe(null)
    await producer.append(topic, [version(100), version(200), ...new Array(500).fill(reached)])
    expect((await newest())?.version).toBe(200)
    await producer.append(topic, new Array(500).fill(reached))
    expect((await newest())?.version).toBe(200)
    await producer.append(topic, [version(300), reached])
    expect((await newest())?.version).toBe(300)
  } finally {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
