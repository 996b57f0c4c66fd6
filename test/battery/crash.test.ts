import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failpoints } from '../../src/failpoint.ts'
import { isFirstList } from '../../src/records/recommendation.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { root } from '../promises/command.ts'
import { type Contents, differences } from '../promises/contents.ts'
import { ownPipeline } from '../promises/own-pipeline.ts'
import { seeded } from '../promises/random.ts'
import { disturbed, inFolder, lasting, type Outcome, type Run, undisturbed } from '../promises/twins.ts'

/** Kills of each process; RECSTREAM_KILLS asks for more. */
const times = Number(process.env['RECSTREAM_KILLS'] ?? 20)
const seed = Number(process.env['RECSTREAM_SEED'] ?? 1)
const source = join(root, '..', 'shared', 'data', 'ml-100k')
const here = existsSync(source)
if (!here) console.error(`NO ML-100K: the battery needs its folder at ${source}; it is skipped.`)

const name = 'battery'
// Each process in turn: import is over first, so its turns come closest together.
const roles = ['import', 'ingest', 'learn', 'supervisor'] as const
const kills = roles
  .flatMap(role => Array.from({ length: times }, (_, k) => ({ role, at: k + (role === 'import' ? 0 : 0.5) })))
  .sort((a, b) => a.at - b.at)
  .map(({ role }) => role)
/** Each failpoint in each process that comes by it. */
const everyFailpoint = [
  ...failpoints,
  ...['import', 'ingest', 'learn'].flatMap(role => ['append.before', 'append.after'].map(point => `${role}.${point}`)),
  ...['ingest', 'learn'].flatMap(role => ['publish.before', 'publish.after'].map(point => `${role}.${point}`)),
]

let folder: string
let twin: Outcome

describe.skipIf(!here)('ml-100k', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(root, '.crash-'))
    twin = await undisturbed({
      name,
      pipeline: ownPipeline(folder, name, 'movielens'),
      source,
      data: join(folder, 'twin'),
    })
    console.log(`undisturbed: ${JSON.stringify(lasting(twin))}`)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('embedded log: what is left after every kill and failpoint is what an undisturbed run leaves', () =>
    inFolder(async data => {
      const run: Run = { name, pipeline: ownPipeline(folder, name, 'movielens'), source, data }
      const outcome = await disturbed(run, {
        kills,
        between: [50, 1_500],
        failpoints: everyFailpoint,
        random: seeded(seed),
      })
      report('embedded', outcome.report)
      expect(differences(twin.contents, outcome.contents)).toEqual([])
      expect(lasting(outcome)).toEqual(lasting(twin))
    }))

  test('embedded log, four partitions: so is it when warehouse and checkpoints are removed besides', () =>
    inFolder(async data => {
      const run: Run = {
        name,
        pipeline: ownPipeline(folder, name, 'movielens'),
        source,
        data,
        settings: fourPartitions,
      }
      const outcome = await disturbed(run, { ...severalPartitions(data), random: seeded(seed + 2) })
      reportRemovals('embedded, four partitions', outcome.report)
      expect(kept(outcome)).toEqual(kept(twin))
      expect(strangers(outcome)).toEqual([])
      // What is left is what the same topics give to a folder that has nothing but them.
      rmSync(dirname(layoutOf(data, name).warehouse), { recursive: true })
      rmSync(layoutOf(data, name).checkpoints, { recursive: true })
      const rebuilt = await undisturbed(run)
      expect(differences(outcome.contents, rebuilt.contents)).toEqual([])
      expect(lasting(rebuilt)).toEqual(lasting(outcome))
    }))

  describeKafka('Kafka', broker => {
    test('what is left after every kill and failpoint is what an undisturbed run leaves', () =>
      inFolder(async data => {
        const { brokers } = broker()
        const run: Run = { name, pipeline: ownPipeline(folder, name, 'movielens'), source, data, brokers }
        const outcome = await disturbed(run, {
          kills,
          between: [50, 1_500],
          failpoints: everyFailpoint,
          random: seeded(seed + 1),
        })
        report('kafka', outcome.report)
        expect(differences(twin.contentsWithoutOffsets, outcome.contentsWithoutOffsets)).toEqual([])
        expect(lasting(outcome)).toEqual(lasting(twin))
      }))

    test('four partitions: so is it when warehouse, checkpoints and the whole folder are removed besides', () =>
      inFolder(async data => {
        const own = 'battery-four'
        const { brokers } = broker()
        const pipeline = ownPipeline(folder, own, 'movielens')
        const run: Run = { name: own, pipeline, source, data, brokers, settings: fourPartitions }
        const how = severalPartitions(data, own)
        const removals = [...how.removals, layoutOf(data, own).root]
        const outcome = await disturbed(run, { ...how, removals, random: seeded(seed + 3) })
        reportRemovals('kafka, four partitions', outcome.report)
        expect(kept(outcome)).toEqual(kept(twin))
        expect(strangers(outcome)).toEqual([])
        const rebuilt = await undisturbed({ ...run, data: join(data, 'another') })
        expect(differences(lastingContents(outcome), lastingContents(rebuilt))).toEqual([])
        expect(lasting(rebuilt)).toEqual(lasting(outcome))
      }))
  })
})

const fourPartitions = ['partitions=4']

/** A few kills and each failpoint, and what can be built again removed, twice. */
function severalPartitions(data: string, pipeline = name) {
  const { warehouse, checkpoints } = layoutOf(data, pipeline)
  return {
    kills: [
      'supervisor',
      'import',
      'ingest',
      'supervisor',
      'learn',
      'supervisor',
      'ingest',
      'supervisor',
      'supervisor',
    ],
    between: [500, 4_000] as const,
    failpoints,
    removals: [dirname(warehouse), checkpoints, dirname(warehouse)],
  }
}

function reportRemovals(log: string, { killed, notReached }: { killed: string[]; notReached: string[] }): void {
  console.log(`${log}: ${killed.join(', ')}; not reached: ${notReached.join(', ')}`)
  expect(killed).toContain('removed warehouse')
  expect(killed).toContain('removed checkpoints')
}

/** Without the versions of models: their topic is compacted, so the broker may have dropped older ones meanwhile. */
function lastingContents({ contents }: Outcome): Contents {
  const ofVersions = ['table models', 'table scores', 'topic model-versions']
  return Object.fromEntries(Object.entries(contents).filter(([table]) => !ofVersions.includes(table)))
}

/** Kept events without their place in the order, which with several partitions is that of arrival. */
function kept({ contents }: Outcome): string[] {
  return rowsOf(contents, 'table events')
    .map(([, , , ...row]) => JSON.stringify(row.slice(0, -1)))
    .sort()
}

/** Lists that belong to another user than the event that they answer, and sequences of another event than the row of their number. */
function strangers({ contents }: Outcome): string[] {
  const rows = new Map(rowsOf(contents, 'table events').map(row => [Number(row[0]), row]))
  const lists = rowsOf(contents, 'table recommendations').filter(
    ([id, user, , sequence]) => !isFirstList(id as string) && rows.get(Number(sequence))?.[4] !== user,
  )
  const sequences = rowsOf(contents, 'topic interest-sequences').filter(([each, _attributes, _answers, ...place]) => {
    const row = rows.get((each as { sequence: number }).sequence)
    return row === undefined || `${[row[1], row[2]]}` !== `${place}`
  })
  return [...lists, ...sequences].map(row => JSON.stringify(row))
}

function rowsOf(contents: Contents, table: string): unknown[][] {
  return contents[table]!.map(row => JSON.parse(row) as unknown[])
}

function report(log: string, { killed, notReached }: { killed: string[]; notReached: string[] }): void {
  const counts = new Map<string, number>()
  for (const one of killed) counts.set(one, (counts.get(one) ?? 0) + 1)
  const list = [...counts].map(([what, count]) => `${what} × ${count}`).join(', ')
  console.log(
    `${log}: ${killed.length} deaths (${list}); too late for ${notReached.length} (${[...new Set(notReached)].join(', ')})`,
  )
  expect(failpoints.filter(point => notReached.includes(point))).toEqual([])
}
