import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { GrowingReader } from '../../src/log/growing-reader.ts'
import type { LogRecord } from '../../src/log/log.ts'
import { from, text } from '../contracts/log.ts'

test('more partitions of another topic under the same name are not taken for those of the first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-growing-'))
  const log = await openEmbeddedLog({ folder })
  try {
    await log.ensureTopics([{ name: 't', partitions: 2 }])
    const producer = await log.producer('p')
    await producer.append('t', [{ ...text('a'), partition: 1 }])
    const first = await GrowingReader.open(log, from('t', 1), {}, 0)
    const seen: LogRecord[] = []
    while (seen.length === 0) seen.push(...(await first.read(10)))
    expect(seen.map(({ partition }) => partition)).toEqual([1])
    await first.close()

    let id = 0
    const remade = { ...log, topicIds: async () => new Map([['t', String(id++)]]) }
    const second = await GrowingReader.open(remade, from('t', 1), {}, 0)
    const reading = (async () => {
      for (;;) await second.read(10)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'TOPIC_REMADE' })
    await second.close()
  } finally {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
