import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeBlock } from '../../src/codec/block.ts'
import { decodeModelVersion, decodeRecommendation } from '../../src/codec/output.ts'
import { topicsOf } from '../../src/records/topics.ts'
import { findPipeline } from '../../src/run/find-pipeline.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openLog } from '../../src/run/open-log.ts'
import type { RunSummary } from '../../src/run/run-summary.ts'
import { testPipeline } from '../../src/testing/index.ts'
import { keptEvent, sequencesOf } from '../../src/testing/outputs.ts'
import { openWarehouse } from '../../src/warehouse/duckdb-warehouse.ts'
import { lastLine, recstream } from '../promises/command.ts'
import { allOf } from '../promises/contents.ts'
import { inFolder } from '../promises/twins.ts'

const market = join(import.meta.dirname, 'market.mjs')

test(
  'rows, rejections, sequences, lists and scores are those of recstream start, to the bit',
  { timeout: 120_000 },
  () =>
    inFolder(async data => {
      const { ended } = recstream(['start', market, '--until-idle', '--json', '--backend', 'wasm', '--data', data])
      expect(lastLine<RunSummary>(await ended)).toMatchObject({ pipeline: 'market' })
      const layout = layoutOf(data, 'market')
      const { warehouse: file, snapshots, archive } = layout
      const warehouse = await openWarehouse({ file, snapshots, archive, shortLength: 4 })
      const log = await openLog({}, layout)
      const topics = topicsOf('market')
      const expected = {
        rows: (await warehouse.events(0, 1_000)).map(keptEvent),
        rejections: (await warehouse.deadLetters(0, 1_000)).map(letter => [
          ...[letter.topic, letter.offset, letter.timestamp, letter.key?.toString(), letter.reason, letter.message],
        ]),
        sequences: (await allOf(log, topics.interestSequences)).flatMap(({ value }) =>
          sequencesOf(decodeBlock(value!)),
        ),
        lists: (await allOf(log, topics.recommendations)).map(({ value }) => decodeRecommendation(value!)),
        scores: (await allOf(log, topics.modelVersions)).map(({ value }) => decodeModelVersion(value!)).at(-1)!.scores,
      }
      await log.close()
      await warehouse.close()

      using pipeline = testPipeline(await findPipeline(market))
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
        new Set(['invalid', 'duplicate-id', 'unknown-behaviour', 'value-out-of-range', 'bot-rate']),
      )
    }),
)
