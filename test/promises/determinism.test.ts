import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { layoutOf } from '../../src/run/layout.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { recstream, root, until } from './command.ts'
import { differences } from './contents.ts'
import { ownPipeline } from './own-pipeline.ts'
import {
  comparable,
  inFolder,
  lasting,
  type Outcome,
  outcomeOf,
  type Run,
  startArguments,
  undisturbed,
} from './twins.ts'

const source = 'events=6000,users=300,items=200,repeats=0.02,late=0.02'
const settings = ['learn.checkpointEvery=1000', 'learn.batchesPerStep=1', 'recommend.everyMs=600000']
const name = 'twice'
let folder: string
let first: Outcome
const run = (data: string): Run => ({ name, pipeline: ownPipeline(folder, name, 'generated'), source, settings, data })

beforeAll(async () => {
  folder = mkdtempSync(join(root, '.crash-'))
  first = await undisturbed(run(join(folder, 'first')))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the same log and the same seed', () => {
  test('count everything that came in: kept and rejected add up', () => {
    const { eventsIn, eventsKept, rejected, sequences } = first.summary
    expect(eventsIn).toBe(6_000)
    expect(rejected).toEqual({ 'duplicate-id': expect.any(Number) })
    expect(eventsKept + rejected['duplicate-id']!).toBe(6_000)
    expect(sequences).toBe(eventsKept)
  })

  test('give the same tables, topics, scores and weights, bit for bit, and nothing new once everything was consumed', () =>
    inFolder(async data => {
      for (const _ of ['consumes', 'finds nothing new']) {
        const again = await undisturbed(run(data))
        expect(differences(first.contents, again.contents)).toEqual([])
        expect(lasting(again)).toEqual(lasting(first))
      }
    }))

  test('give them too when the run was stopped in the middle and started again', () =>
    inFolder(async data => {
      const args = startArguments(run(data))
      const begun = recstream(args)
      const manifest = join(layoutOf(data, name).checkpoints, 'manifest.json')
      await until('a checkpoint in the middle of the run', () => existsSync(manifest))
      begun.child.kill('SIGTERM')
      expect((await begun.ended).code).toBe(143)
      const again = await recstream(args).ended
      expect(again.stderr).toMatch(/going on from event/i)
      const outcome = await outcomeOf(run(data), again)
      expect(differences(first.contents, outcome.contents)).toEqual([])
      expect(lasting(outcome)).toEqual(lasting(first))
    }))
})

test('with four partitions they come again when warehouse and checkpoints are removed', () =>
  inFolder(async data => {
    const small = source.replace('events=6000', 'events=1500')
    const four = { ...run(data), source: small, settings: [...settings, 'partitions=4'] }
    const before = await undisturbed(four)
    const { warehouse, checkpoints } = layoutOf(data, name)
    rmSync(dirname(warehouse), { recursive: true })
    rmSync(checkpoints, { recursive: true })
    const again = await undisturbed(four)
    expect(new Set(before.contents['table events']!.map(row => JSON.parse(row)[1])).size).toBe(4)
    expect(differences(before.contents, again.contents)).toEqual([])
    expect(lasting(again)).toEqual(lasting(before))
  }))

test('another seed gives other weights and the same tables of events', () =>
  inFolder(async data => {
    const other = await undisturbed({ ...run(data), settings: [...settings, 'learn.seed=2'] })
    expect(other.summary.weightsSha256).not.toBe(first.summary.weightsSha256)
    expect(other.contents['table events']).toEqual(first.contents['table events'])
  }))

describeKafka('the same log in Kafka', broker => {
  test('gives the same tables, topics, scores and weights as the embedded one', () =>
    inFolder(async data => {
      const outcome = await undisturbed({ ...run(data), brokers: broker().brokers })
      expect(differences(comparable(first), comparable(outcome))).toEqual([])
      expect(lasting(outcome)).toEqual(lasting(first))
      expect(outcome.summary.log).toBe('kafka')
    }))
})
