import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedLog, openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { from, readAll, text, values } from '../fixtures/read.ts'

let folder: string
let log: EmbeddedLog
let segment: string
let mark: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-log-'))
  segment = join(folder, 't', '000000000001.log')
  mark = join(folder, 't', 'committed')
  log = await openEmbeddedLog({ folder })
  await log.ensureTopics([{ name: 't', partitions: 1 }])
  const producer = await log.producer('x')
  for (const value of ['a', 'b', 'c']) await producer.append('t', [text(value), text(value)])
  await log.close()
})

afterEach(async () => {
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What a fresh process finds, and that it can go on from there. */
async function reopened(): Promise<string[]> {
  log = await openEmbeddedLog({ folder })
  const newest = values(await log.newest('t'))
  const found = values(await readAll(log, from('t', 1)))
  expect(newest).toEqual(found.slice(-1))
  const producer = await log.producer('x')
  await producer.append('t', [text('next')])
  expect(values(await readAll(log, from('t', 1)))).toEqual([...found, 'next'])
  await log.close()
  return found
}

const all = ['a', 'a', 'b', 'b', 'c', 'c']

describe('after a power failure', () => {
  test.each(['missing', 'torn', 'old', 'garbage'])('the mark may be %s', async state => {
    const bytes = readFileSync(mark)
    if (state === 'missing') rmSync(mark)
    if (state === 'torn') writeFileSync(mark, bytes.subarray(0, 9))
    if (state === 'garbage') writeFileSync(mark, Buffer.alloc(bytes.length, 7))
    if (state === 'old') {
      copyFileSync(mark, `${mark}.old`)
      log = await openEmbeddedLog({ folder })
      await (await log.producer('x')).append('t', [text('d')])
      await log.close()
      copyFileSync(`${mark}.old`, mark)
    }
    expect(await reopened()).toEqual(state === 'old' ? [...all, 'd'] : all)
  })

  test('a frame that is not all there is cut off, wherever it ends', async () => {
    const whole = readFileSync(segment)
    const last = whole.lastIndexOf('RSF1')
    for (let size = last; size < whole.length; size++) {
      writeFileSync(segment, whole)
      truncateSync(segment, size)
      rmSync(mark, { force: true })
      expect(await reopened()).toEqual(all.slice(0, 4))
    }
  })

  test('garbage or zeros after the last frame are cut off', async () => {
    appendFileSync(segment, Buffer.alloc(5_000))
    expect(await reopened()).toEqual(all)
    appendFileSync(segment, 'RSF1 and no frame')
    rmSync(mark)
    expect(await reopened()).toEqual([...all, 'next'])
  })

  test('readers never see what is not yet committed', async () => {
    appendFileSync(segment, readFileSync(segment).subarray(-60))
    log = await openEmbeddedLog({ folder })
    expect(values(await readAll(log, from('t', 1)))).toEqual(all)
  })
})

describe('damage in the middle', () => {
  test('is an error for whoever reads it, at any bit', async () => {
    const whole = readFileSync(segment)
    const first = whole.indexOf('RSF1', 4)
    const second = whole.indexOf('RSF1', first + 4)
    for (let at = first; at < second; at++) {
      const damaged = Buffer.from(whole)
      damaged[at]! ^= 1 << (at % 8)
      writeFileSync(segment, damaged)
      log = await openEmbeddedLog({ folder })
      await expect(readAll(log, from('t', 1))).rejects.toMatchObject({ code: 'LOG_CORRUPT' })
      await log.close()
    }
  })

  test('is never cut off with the frames after it', async () => {
    const whole = readFileSync(segment)
    whole[whole.indexOf('RSF1', 4) + 40]! ^= 1
    writeFileSync(segment, whole)
    rmSync(mark)
    log = await openEmbeddedLog({ folder })
    const producer = await log.producer('x')
    await expect(producer.append('t', [text('d')])).rejects.toMatchObject({ code: 'LOG_CORRUPT' })
    await expect(log.newest('t')).rejects.toMatchObject({ code: 'LOG_CORRUPT' })
    expect(readFileSync(segment)).toEqual(whole)
  })

  test('a segment shorter than what was committed is an error', async () => {
    truncateSync(segment, readFileSync(segment).length - 1)
    log = await openEmbeddedLog({ folder })
    await expect(log.newest('t')).rejects.toMatchObject({ code: 'LOG_CORRUPT' })
  })
})

test('creating a topic leaves it whole or not at all', () => {
  expect(readdirSync(folder).filter(name => name.startsWith('.new'))).toEqual([])
  expect(readdirSync(join(folder, 't')).sort()).toEqual([
    '000000000001.log',
    'committed',
    'topic.copy.json',
    'topic.json',
  ])
})
