import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { from, text } from '../fixtures/read.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The segments in the folder that this process holds open, as Linux tells. */
function openSegments(): string[] {
  const link = (descriptor: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`)
    } catch {
      return '' // closed since it was listed
    }
  }
  return readdirSync('/proc/self/fd')
    .map(link)
    .filter(path => path.startsWith(folder) && path.endsWith('.log'))
}

test.runIf(process.platform === 'linux')('closed at any moment of a read, a reader leaves no file open', async () => {
  const writing = await openEmbeddedLog({ folder, segmentBytes: 200 })
  await writing.ensureTopics([{ name: 't', partitions: 1 }])
  const producer = await writing.producer('p')
  for (let i = 0; i < 20; i++) await producer.append('t', [text(`record ${i}`)])
  await writing.close()
  const log = await openEmbeddedLog({ folder })
  for (let moments = 0; moments < 30; moments++) {
    const reader = await log.reader(from('t', 1))
    const reading = reader.read(1_000)
    for (let moment = 0; moment < moments; moment++) await new Promise(setImmediate)
    await reader.close()
    await reading
    expect(openSegments()).toEqual([])
  }
  await log.close()
})
