import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RecstreamError } from '../../src/errors.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { GrowingReader } from '../../src/log/growing-reader.ts'
import type { Log, LogRecord } from '../../src/log/log.ts'
import { from, text } from './fixtures/read.ts'

test('more partitions of another topic under the same name are not taken for those of the first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-growing-'))
  const log = await openEmbeddedLog({ folder })
  try {
    await log.ensureTopics([{ name: 't', partitions: 2 }])
    const producer = await log.producer('p')
    await producer.append('t', [{ ...text('a'), partition: 1 }])
    const first = await GrowingReader.open(log, from('t', 1), { lookMs: 0 })
    const seen: LogRecord[] = []
    while (seen.length === 0) seen.push(...(await first.read(10)))
    expect(seen.map(({ partition }) => partition)).toEqual([1])
    await first.close()

    let id = 0
    const remade = { ...log, topicIds: async () => new Map([['t', String(id++)]]) }
    const second = await GrowingReader.open(remade, from('t', 1), { lookMs: 0 })
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

test('a reader of added partitions is closed where nobody says whose partitions they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-growing-'))
  const log = await openEmbeddedLog({ folder })
  try {
    await log.ensureTopics([{ name: 't', partitions: 2 }])
    let asked = 0
    let open = 0
    const failing: Log = {
      ...log,
      async topicIds(topics) {
        if (++asked === 2) throw new RecstreamError('LOG_UNAVAILABLE', 'Nobody answers.')
        return log.topicIds(topics)
      },
      async reader(positions, options) {
        const reader = await log.reader(positions, options)
        open++
        const close = async () => {
          open--
          await reader.close()
        }
        return {
          read: ms => reader.read(ms),
          position: reader.position.bind(reader),
          caughtUp: () => reader.caughtUp(),
          close,
        }
      },
    }
    const growing = await GrowingReader.open(failing, from('t', 1), { lookMs: 0 })
    while (growing.partitions === 1) await growing.read(10)
    expect(asked).toBe(3)
    expect(open).toBe(1)
    await growing.close()
    expect(open).toBe(0)
  } finally {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
