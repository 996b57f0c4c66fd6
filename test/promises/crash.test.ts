import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failpoints } from '../../src/failpoint.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { root } from './command.ts'
import { differing } from './judge.ts'
import { ownPipeline } from './own-pipeline.ts'
import { seeded } from './random.ts'
import { disturbed, inFolder, type Outcome, type Run, undisturbed } from './twins.ts'

// The short form: a made-up world. `npm run test:faults` does the same over millions of events.
const source = 'events=6000,users=300,items=200,repeats=0.02,late=0.02'
const settings = ['learn.checkpointEvery=1000', 'learn.batchesPerStep=1', 'recommend.everyMs=600000']
const name = 'crash'
let twin: Outcome
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(root, '.crash-'))
  const pipeline = ownPipeline(folder, name, 'generated')
  twin = await undisturbed({ name, pipeline, source, settings, data: join(folder, 'twin') })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const kills = { kills: ['ingest', 'learn', 'supervisor', 'learn', 'ingest'], between: [300, 1500] as const }

describe('kill -9 at every failpoint and at random instants', () => {
  test('leaves what an undisturbed run leaves: embedded log', { timeout: 150_000 }, () =>
    inFolder(async data => {
      const run: Run = { name, pipeline: ownPipeline(folder, name, 'generated'), source, settings, data }
      const how = { ...kills, failpoints, random: seeded(1) }
      const { report, ...outcome } = await disturbed(run, how)
      expect(report.notReached).toEqual([])
      expect(differing(twin, outcome)).toEqual([])
    }),
  )
})

describeKafka('the same with Kafka', broker => {
  test('leaves what an undisturbed run leaves', { timeout: 150_000 }, () =>
    inFolder(async data => {
      const { brokers } = broker()
      const run: Run = { name, pipeline: ownPipeline(folder, name, 'generated'), source, settings, data, brokers }
      // Checkpoints are files with either log: their failpoints are passed above, and by the battery on Kafka too.
      const ofTheLog = failpoints.filter(point => /^(append|commit|publish)\./.test(point))
      const how = { ...kills, failpoints: ofTheLog, random: seeded(2) }
      const { report, ...outcome } = await disturbed(run, how)
      expect(report.notReached).toEqual([])
      expect(differing(twin, outcome, { withOffsets: false })).toEqual([])
    }),
  )
})
