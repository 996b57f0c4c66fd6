import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EmbeddedLog, openEmbeddedLog } from '../../../src/log/embedded/embedded-log.ts'
import { type Appender, startAppender, wholeBatches } from '../fixtures/appender.ts'
import { from, readAll, text } from '../fixtures/read.ts'

let folder: string
let log: EmbeddedLog
const running: Appender[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recstream-log-'))
  log = await openEmbeddedLog({ folder })
  await log.ensureTopics([{ name: 't', partitions: 2 }])
})

afterEach(async () => {
  for (const appender of running.splice(0)) {
    appender.kill('SIGKILL')
    await appender.ended
  }
  await log.close()
  rmSync(folder, { recursive: true, force: true })
})

function start(args: string[], env = {}): Appender {
  const appender = startAppender(['embedded', folder, 't', ...args], env)
  running.push(appender)
  return appender
}

describe('a producer id', () => {
  test('is refused while another process holds it, by name, and taken over once that was killed', async () => {
    const holder = start(['importer', '1'], { STAY: '1' })
    await holder.line('done')
    const refusal = { code: 'ALREADY_RUNNING', message: expect.stringContaining(`Process ${holder.pid} `) }
    await expect(log.producer('importer')).rejects.toMatchObject(refusal)
    holder.kill('SIGSTOP')
    await expect(log.producer('importer')).rejects.toMatchObject(refusal)
    holder.kill('SIGKILL')
    await holder.ended
    const producer = await log.producer('importer')
    await producer.append('t', [text('mine')])
    expect((await readAll(log, from('t', 2))).length).toBe(7)
  })

  test('goes to exactly one of several that want it at once, also after its holder was killed', async () => {
    for (let round = 0; round < 3; round++) {
      const holder = start(['importer', '1'], { STAY: '1' })
      await holder.line('done')
      holder.kill('SIGKILL')
      const rivals = [1, 2, 3].map(() => start(['importer', '1'], { STAY: '1' }))
      const results = await Promise.allSettled(rivals.map(rival => rival.line('done')))
      expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(1)
      expect(
        rivals.flatMap(({ lines }) => lines).filter(line => line.startsWith('refused ALREADY_RUNNING')).length,
      ).toBe(2)
      for (const rival of rivals) rival.kill('SIGKILL')
      await Promise.all(rivals.map(({ ended }) => ended))
    }
  })

  test('goes to exactly one of several handles in one process', async () => {
    const handles = await Promise.all(Array.from({ length: 5 }, () => openEmbeddedLog({ folder })))
    const results = await Promise.allSettled(handles.map(handle => handle.producer('x')))
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(1)
    await Promise.all(handles.map(handle => handle.close()))
  })
})

test('two processes append to one topic at once, and every append is whole and in order', async () => {
  const appenders = ['left', 'right'].map(id => start([id, '300']))
  await Promise.all(appenders.map(appender => appender.line('done')))
  const records = await readAll(log, from('t', 2))
  expect(wholeBatches(records, 'left')).toBe(300)
  expect(wholeBatches(records, 'right')).toBe(300)
  for (const partition of [0, 1]) {
    const offsets = records.filter(record => record.partition === partition).map(({ offset }) => offset)
    expect(offsets).toEqual(Array.from({ length: 1800 }, (_, i) => i))
  }
})

describe('kill -9 leaves whole appends only, keeps what was acknowledged, and the next process goes on', () => {
  /** Let it die by `how`, then look at what is left and append once more. */
  async function survive(how: (appender: Appender) => void, args: string[], env = {}): Promise<void> {
    const appender = start(['victim', '100000', ...args], env)
    await appender.line('appended 2')
    how(appender)
    await appender.ended
    const acknowledged = appender.lines.filter(line => line.startsWith('appended')).length
    const successor = await log.producer('victim')
    const newest = await log.newest('t')
    const batches = wholeBatches(await readAll(log, from('t', 2)), 'victim')
    expect(batches).toBeGreaterThanOrEqual(acknowledged)
    expect(batches).toBeLessThanOrEqual(acknowledged + 1)
    expect(newest.map(({ value }) => value!.toString().split(':')[1])).toEqual([`${batches - 1}`, `${batches - 1}`])
    await successor.append(
      't',
      [0, 1].map(partition => ({ ...text('after'), partition })),
    )
    const after = await readAll(log, from('t', 2))
    expect(after.length).toBe(batches * 6 + 2)
    for (const { partition, end } of await log.ranges('t'))
      expect([partition, end]).toEqual([partition, batches * 3 + 1])
  }

  test.each(['append.before', 'append.after', 'fsync.before', 'fsync.after'])('at %s', async name => {
    const failpoints = join(folder, 'failpoints')
    mkdirSync(failpoints)
    await survive(() => writeFileSync(join(failpoints, name), ''), [], { RECSTREAM_FAILPOINTS: failpoints })
  })

  test.each(['rename.before', 'rename.after'])('at %s, when a new segment begins', async name => {
    const failpoints = join(folder, 'failpoints')
    mkdirSync(failpoints)
    await survive(() => writeFileSync(join(failpoints, name), ''), ['500', '10000'], {
      RECSTREAM_FAILPOINTS: failpoints,
    })
  })

  test.each([1, 2, 3, 4, 5, 6])('at a random instant (%i)', async () => {
    const batch = 3 + Math.floor(Math.random() * 150)
    await survive(
      appender => void appender.line(`appended ${batch}`).then(() => appender.kill('SIGKILL')),
      ['3000', '200000'],
    )
  })
})
