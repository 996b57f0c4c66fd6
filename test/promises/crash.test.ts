import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failpoints } from '../../src/failpoint.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { root } from './command.ts'
import { differences } from './contents.ts'
import { ownPipeline } from './own-pipeline.ts'
import { seeded } from './random.ts'
import { disturbed, inFolder, lasting, type Outcome, type Run, undisturbed } from './twins.ts'

// The short form: a made-up world. `npm run battery` does the same over ml-100k, with twenty kills.
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
      expect(differences(twin.contents, outcome.contents)).toEqual([])
      expect(lasting(outcome)).toEqual(lasting(twin))
    }),
  )

  test('is told from a build that commits offsets too early', { timeout: 150_000 }, () =>
    inFolder(async data => {
      const dist = buildThatCommitsOffsetsEarly()
      const run: Run = { name, pipeline: ownPipeline(folder, name, 'generated', dist), source, settings, data, dist }
      const how = {
        kills: [],
        between: [0, 0] as const,
        failpoints: ['commit.before', 'commit.before'],
        dist,
        random: seeded(1),
      }
      const { report, ...outcome } = await disturbed(run, how)
      expect(report.notReached).toEqual([])
      expect(differences(twin.contents, outcome.contents)).not.toEqual([])
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
      expect(differences(twin.contentsWithoutOffsets, outcome.contentsWithoutOffsets)).toEqual([])
      expect(lasting(outcome)).toEqual(lasting(twin))
    }),
  )
})

/** A copy of the build in which positions are written in a transaction of their own, before the rows. */
function buildThatCommitsOffsetsEarly(): string {
  const dist = join(folder, 'dist')
  cpSync(join(root, 'dist'), dist, { recursive: true })
  const file = join(dist, 'src', 'warehouse', 'duckdb-warehouse.js')
  const text = readFileSync(file, 'utf8')
  const begin = "await this.#writer.run('BEGIN TRANSACTION');"
  const nothing = 'events: [], deadLetters: [], users: [], items: [], recommendations: [], versions: []'
  const early = `await this.#landing.write({ ...batch, ${nothing} }, this.#landed);`
  const changed = text.replace(begin, `${early}\n${begin}`)
  if (changed === text) throw new Error('the build has no such line any more; change the mutation with it')
  writeFileSync(file, changed)
  return dist
}
