import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failpoints } from '../../src/failpoint.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { root } from '../promises/command.ts'
import { differences } from '../promises/contents.ts'
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
  })
})

function report(log: string, { killed, notReached }: { killed: string[]; notReached: string[] }): void {
  const counts = new Map<string, number>()
  for (const one of killed) counts.set(one, (counts.get(one) ?? 0) + 1)
  const list = [...counts].map(([what, count]) => `${what} × ${count}`).join(', ')
  console.log(
    `${log}: ${killed.length} deaths (${list}); too late for ${notReached.length} (${[...new Set(notReached)].join(', ')})`,
  )
  expect(failpoints.filter(point => notReached.includes(point))).toEqual([])
}
