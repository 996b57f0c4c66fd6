import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { decodeBlock } from '../../src/codec/block.ts'
import { decodeModelVersion, decodeRecommendation } from '../../src/codec/output.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import { findPipeline } from '../../src/run/find-pipeline.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openLog } from '../../src/run/open-log.ts'
import type { RunSummary } from '../../src/run/run-summary.ts'
import { testPipeline } from '../../src/testing/index.ts'
import { keptEvent, sequencesOf } from '../../src/testing/outputs.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { allOf } from '../log/fixtures/read.ts'
import { lastLine, recstream, root } from '../promises/command.ts'
import { inFolder } from '../promises/twins.ts'

const market = join(import.meta.dirname, 'market.mjs')
const layoutIn = (data: string) => layoutOf(data, 'market')
const topics = topicsOf('market')

/** What other services wrote before the source was imported; none of it is what its topic asks for. */
const timestamp = Date.UTC(2026, 0, 1)
const foreign = [
  { topic: 'user-profiles', key: 'u3', value: '{"userId":"u3","attributes":{"age":30}}' },
  { topic: 'items', key: 'i5', value: '{"itemId":"i5","tags":"none"}' },
  { topic: 'behaviour-events', key: 'u1', value: '{broken' },
  {
    topic: 'behaviour-events',
    key: 'u1',
    value: `{"userId":"u1","itemId":"i1","behaviour":"look","time":${timestamp},"value":"three"}`,
  },
] as const

async function writeForeign(data: string): Promise<void> {
  const log = await openLog({}, layoutIn(data))
  await log.ensureTopics(topicSpecs('market', 1))
  const producer = await log.producer('outside')
  for (const { topic, key, value } of foreign) {
    await producer.append(`market.${topic}`, [{ key, value: Buffer.from(value), timestamp }])
  }
  await producer.close()
  await log.close()
}

test(
  'rows, rejections, sequences, lists and scores are those of recstream start, to the bit',
  { timeout: 120_000 },
  () =>
    inFolder(async data => {
      await writeForeign(data)
      const { ended } = recstream(['start', market, '--until-idle', '--json', '--backend', 'wasm', '--data', data])
      expect(lastLine<RunSummary>(await ended)).toMatchObject({ pipeline: 'market' })
      const layout = layoutIn(data)
      const { warehouse: file, snapshots, archive } = layout
      const warehouse = await openWarehouse({ file, snapshots, archive, shortLength: 4 })
      const log = await openLog({}, layout)
      const expected = {
        rows: (await warehouse.events(0, 1_000)).map(keptEvent),
        rejections: (await warehouse.deadLetters(0, 1_000)).map(letter => [
          ...[letter.topic, letter.offset, letter.timestamp, letter.key?.toString(), letter.reason, letter.message],
        ]),
        sequences: (await allOf(log, topics.interestSequences)).flatMap(({ value }) =>
          sequencesOf(decodeBlock(value!)),
        ),
        lists: (await allOf(log, topics.recommendations)).map(({ value }) => decodeRecommendation(value!)),
        scores: (await allOf(log, topics.modelVersions))
          .flatMap(({ value }) => (value === null ? [] : [decodeModelVersion(value)]))
          .at(-1)!.scores,
      }
      await log.close()
      await warehouse.close()

      using pipeline = testPipeline(await findPipeline(market))
      for (const record of foreign) pipeline.sendRecord({ ...record, timestamp })
      await pipeline.importSource()
      expect({
        rows: pipeline.rows,
        rejections: pipeline.rejections.map(({ topic, offset, timestamp, key, reason, message }) => [
          ...[topic, offset, timestamp, key, reason, message],
        ]),
        sequences: pipeline.sequences,
        lists: await pipeline.lists(),
        scores: await pipeline.scores(),
      }).toEqual(expected)

      expect(expected.rows.length).toBeGreaterThan(300)
      expect(expected.lists.length).toBeGreaterThan(100)
      expect(new Set(expected.rejections.map(([, , , , reason]) => reason))).toEqual(
        new Set(['invalid', 'undecodable', 'duplicate-id', 'unknown-behaviour', 'value-out-of-range', 'bot-rate']),
      )
    }),
)

test('a process that tests a pipeline ends by itself: nothing is left running, and nothing was written', () =>
  inFolder(async folder => {
    const script = `
      import { testPipeline } from 'recstream/testing'
      import market from ${JSON.stringify(market)}
      const pipeline = testPipeline(market)
      await pipeline.importSource({ events: 80 })
      console.log(JSON.stringify([(await pipeline.lists()).length, process.getActiveResourcesInfo()]))`
    const options = { cwd: root, encoding: 'utf8', env: { ...process.env, TMPDIR: folder } } as const
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], options)
    const [lists, resources] = JSON.parse((await run).stdout) as [number, string[]]
    expect(lists).toBeGreaterThan(20)
    expect(resources.filter(name => /Timeout|Worker|MessagePort|FSReq/.test(name))).toEqual([])
    expect(readdirSync(folder)).toEqual([])
  }))
