import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import type { Reader } from '../../src/log/log.ts'
import { readOrEnd, readToEnd } from '../../src/log/read-or-end.ts'
import { from, text } from './fixtures/read.ts'

const textOf = ({ value }: { value: Buffer | null }) => value!.toString()

test('everything that is there is read, then it says that this is the end, until more comes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-read-or-end-'))
  const log = await openEmbeddedLog({ folder })
  try {
    await log.ensureTopics([{ name: 't', partitions: 1 }])
    const producer = await log.producer('p')
    await producer.append('t', [text('a'), text('b')])
    const reader = await log.reader(from('t', 1))
    const taken: string[] = []
    await readToEnd(reader, record => taken.push(textOf(record)))
    expect(taken).toEqual(['a', 'b'])
    expect(await readOrEnd(reader)).toBeNull()
    await producer.append('t', [text('c')])
    expect((await readOrEnd(reader))!.map(textOf)).toEqual(['c'])
    await reader.close()
  } finally {
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a read without records is no end before the reader has caught up', async () => {
  const late = { value: Buffer.from('late') }
  const reads = [[], [], [], [late], []]
  const ends = [false, false, true]
  const reader = { read: async () => reads.shift()!, caughtUp: async () => ends.shift()! } as unknown as Reader
  expect((await readOrEnd(reader))!.map(textOf)).toEqual(['late'])
  expect(await readOrEnd(reader)).toBeNull()
})
