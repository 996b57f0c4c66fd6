import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { checkPipeline } from '../../../src/cli/doctor/check-pipeline.ts'
import { lastHeader } from '../../../src/records/block-headers.ts'
import { topicSpecs, topicsOf } from '../../../src/records/topics.ts'
import { serveControl } from '../../../src/run/control.ts'
import { type Layout, layoutOf, layoutOfPart } from '../../../src/run/layout.ts'
import { openLog } from '../../../src/run/open-log.ts'
import { openWarehouse } from '../../../src/warehouse/open-warehouse.ts'
import { flipBit, harmWarehouse } from '../../promises/damage.ts'
import { seeded } from '../../promises/random.ts'
import { event, noRows } from '../../warehouse/fixtures.ts'

const topics = topicsOf('shop')
let made: string
let data: string
let layout: Layout

/** What a run of `rows` rows left behind, its write-ahead log not worked in. */
async function leave(folder: string, name: string, rows: number): Promise<void> {
  const there = layoutOf(folder, name)
  const log = await openLog({}, there)
  await log.ensureTopics(topicSpecs(name, 1))
  const producer = await log.producer('x')
  const headers = { [lastHeader]: `${rows}` }
  await producer.append(topicsOf(name).interestSequences, [
    { key: null, value: Buffer.from(''), timestamp: 0, headers },
  ])
  await log.close()
  const warehouse = await openWarehouse({ ...there, file: there.warehouse })
  const positions = [{ topic: topicsOf(name).behaviourEvents, partition: 0, offset: rows }]
  await warehouse.commit({ ...noRows, events: Array.from({ length: rows }, (_, k) => event(k + 1)), positions })
  const [file, written] = [readFileSync(there.warehouse), readFileSync(`${there.warehouse}.wal`)]
  expect([file.length, written.length]).not.toContain(0)
  copyFileSync(there.warehouse, `${there.warehouse}-killed`)
  copyFileSync(`${there.warehouse}.wal`, `${there.warehouse}-killed.wal`)
  await warehouse.close()
  cpSync(`${there.warehouse}-killed`, there.warehouse)
  cpSync(`${there.warehouse}-killed.wal`, `${there.warehouse}.wal`)
}

beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'recstream-doctor-'))
  await leave(made, 'shop', 20)
  await leave(made, 'market', 5)
})
afterAll(() => rmSync(made, { recursive: true, force: true }))
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'recstream-doctor-'))
  cpSync(made, data, { recursive: true })
  layout = layoutOf(data, 'shop')
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

const found = async () =>
  (await checkPipeline({ name: 'shop', layout }, {})).map(({ state, message }) => `${state}: ${message}`)

test('what is whole is told as that', async () => {
  expect(await found()).toEqual([
    'ok: does not run now',
    'ok: its log is whole: 8 topics',
    'ok: its warehouse is whole: 20 rows',
  ])
})

test.each([
  ['bits', /cannot be used: what it holds does not fit its checksum\.$/],
  ['half made', /cannot be used: it ends too early\.$/],
  ['gone', /is gone\.$/],
  ["another pipeline's", /cannot be used: it is that of the pipeline market\.$/],
  ['log bits', /cannot be used: what it holds does not fit its checksum\.$/],
  ['log cut', /ends at row 0, and interest-sequences at 20: its write-ahead log was cut or removed/],
] as const)('a warehouse after this is found: %s', async (how, words) => {
  const other = layoutOf(data, 'market').warehouse
  if (how === "another pipeline's") await (await openWarehouse({ ...layoutOf(data, 'market'), file: other })).close()
  harmWarehouse(layout.warehouse, how, { random: seeded(3), other })
  const warnings = (await found()).filter(line => !line.startsWith('ok'))
  expect(warnings).toEqual([expect.stringMatching(/^warning: /)])
  expect(warnings[0]).toMatch(words)
})

test('a damaged file of the log is a problem, with what to do', async () => {
  flipBit(join(layout.log, topics.interestSequences, '000000000001.log'), 70, 2)
  const [problem, ...others] = (await checkPipeline({ name: 'shop', layout }, {})).filter(({ state }) => state !== 'ok')
  expect(problem).toMatchObject({
    state: 'problem',
    message: expect.stringMatching(/is damaged at byte 56; restore it/),
  })
  expect(others).toEqual([])
})

test('of several parts each is looked at, and which are here is told', async () => {
  const parted = { name: 'parted', layout: layoutOf(data, 'parted') }
  const told = async () => (await checkPipeline(parted, {})).map(({ state, message }) => `${state}: ${message}`)
  const partOf = (part: number) => layoutOfPart(parted.layout, { part, of: 3 })
  const log = await openLog({}, parted.layout)
  await log.ensureTopics(topicSpecs('parted', 3, 'forever', 3))
  const producer = await log.producer('x')
  await producer.append(topicsOf('parted').interestSequences, [
    { key: null, value: Buffer.from(''), timestamp: 0, partition: 2, headers: { [lastHeader]: '7' } },
  ])
  await log.close()
  for (const [part, rows] of [
    [0, 4],
    [2, 5],
  ] as const) {
    const { warehouse: file, snapshots, archive } = partOf(part)
    const warehouse = await openWarehouse({ file, snapshots, archive })
    await warehouse.commit({ ...noRows, events: Array.from({ length: rows }, (_, k) => event(k + 1)) })
    await warehouse.close()
  }
  expect(await told()).toEqual([
    'ok: does not run now',
    'ok: its ingest is in 3 parts: parts 0 and 2 of 3 are here; the others are on other hosts, or were never started',
    'ok: its log is whole: 9 topics',
    'ok: its warehouse of part 0 of 3 is whole: 4 rows',
    expect.stringMatching(/^warning: Its warehouse of part 2 of 3 ends at row 5, and interest-sequences at 7: /),
  ])
  const status = { log: 'kafka', sequence: 4, recommendations: 1, rejected: {}, positions: [] }
  const control = await serveControl(partOf(0).control, { status: async () => status })
  expect(await told()).toEqual([
    'ok: runs on the kafka log: 4 events kept, 1 list',
    'ok: its ingest is in 3 parts: parts 0 and 2 of 3 are here; the others are on other hosts, or were never started',
    'warning: Of its ingest part 2 of 3 does not run here, while others do.',
    expect.stringMatching(/^warning: Its warehouse of part 2 of 3 ends at row 5/),
  ])
  await control.close()
})
