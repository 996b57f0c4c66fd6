import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { failpoints } from '../../../../src/failpoint.ts'
import { layoutOf } from '../../../../src/run/layout.ts'
import type { Disturbance } from '../../../promises/disturb.ts'
import { differing, differingInOrder } from '../../../promises/judge.ts'
import { ownPipeline } from '../../../promises/own-pipeline.ts'
import { seeded } from '../../../promises/random.ts'
import { disturbed, type Outcome, type Run, undisturbed } from '../../../promises/twins.ts'
import type { Row, Trial, Tried } from '../row.ts'
import { repeated } from '../row.ts'
import type { Scene } from '../scene.ts'

export interface Where {
  kafka: boolean
  partitions: 1 | 4
}
const everywhere: Where[] = [false, true].flatMap(kafka => [1, 4].map(partitions => ({ kafka, partitions }) as Where))
export const wordsOf = ({ kafka, partitions }: Where) =>
  `${kafka ? 'Kafka' : 'embedded'}, ${partitions === 1 ? 'one partition' : `${partitions} partitions`}`

const settings = ['learn.checkpointEvery=1000', 'learn.batchesPerStep=1', 'recommend.everyMs=600000']
const worldOf = (events: number) => `events=${events},users=300,items=200,repeats=0.02,late=0.02`

/** Made-up viewers on one of the logs, under a name that is theirs. */
export async function runOf(scene: Scene, where: Where, events: number): Promise<Run> {
  const name = scene.name('faults')
  return {
    ...{ name, pipeline: ownPipeline(scene.folder, name, 'generated', scene.dist), source: worldOf(events) },
    ...{ data: join(scene.folder, 'data'), dist: scene.dist },
    settings: where.partitions === 1 ? settings : [...settings, `partitions=${where.partitions}`],
    ...(where.kafka ? { brokers: await scene.brokers() } : {}),
  }
}

/** What differs between a run and one to which nothing happened: with one partition its twin, else what its own topics give. */
export async function judged(scene: Scene, where: Where, run: Run, outcome: Outcome): Promise<string[]> {
  const twin = await scene.twin({ name: 'generated', pipeline: 'generated', source: run.source, settings })
  if (where.partitions === 1) return differing(twin, outcome, { withOffsets: !where.kafka })
  if (where.kafka)
    return differingInOrder(twin, outcome, await undisturbed({ ...run, data: join(scene.folder, 'again') }))
  const { warehouse, checkpoints } = layoutOf(run.data, run.name)
  rmSync(dirname(warehouse), { recursive: true })
  rmSync(checkpoints, { recursive: true })
  return differingInOrder(twin, outcome, await undisturbed(run))
}

/** Each process in turn, and several at once. */
const victims = ['import', 'ingest', 'learn', 'supervisor', 'ingest+learn', 'ingest+learn+supervisor']

/** Deaths that were on their way when there was nothing left to do are not counted. */
function deathsOf(name: string, where: Where, events: number, how: () => Disturbance): Trial {
  const planned = how()
  return {
    name,
    count: planned.kills.length + planned.failpoints.length,
    async run(scene): Promise<Tried> {
      const run = await runOf(scene, where, events)
      const { report, ...outcome } = await disturbed(run, { ...how(), dist: scene.dist })
      const differences = await judged(scene, where, run, outcome)
      const tried = report.killed.length
      return { tried, held: differences.length === 0 ? tried : 0, differences }
    },
  }
}

const killsATrial = 22
export const kill: Row = {
  name: 'kill',
  what: 'kill -9 of import, ingest, learn, the supervisor, and several at once, at random instants',
  wanted: 200,
  slice: ['test/promises/crash.test.ts'],
  needs: 'kafka',
  trials: repeated(10, number => {
    const where = everywhere[(number - 1) % everywhere.length]!
    const kills = Array.from({ length: killsATrial }, (_, k) => victims[(k + number) % victims.length]!)
    // The import is over first: its turns come at the beginning.
    kills.sort((a, b) => Number(b === 'import') - Number(a === 'import'))
    return deathsOf(`${number}: ${wordsOf(where)}`, where, 200_000, () => ({
      ...{ kills, between: [100, 4_000] as const, failpoints: [], random: seeded(number) },
    }))
  }),
}

/** Those of files alone are passed on either log; those of checkpoints too. */
const rounds = 20
export const failpointsRow: Row = {
  name: 'failpoints',
  what: `death at each of the ${failpoints.length} named places where something is half done`,
  wanted: rounds * failpoints.length,
  slice: ['test/promises/crash.test.ts'],
  needs: 'kafka',
  trials: repeated(rounds, number => {
    const where = everywhere[(number - 1) % everywhere.length]!
    const points = [...failpoints]
    // Another order each time.
    const random = seeded(number)
    for (let k = points.length - 1; k > 0; k--) {
      const other = Math.floor(random() * (k + 1))
      ;[points[k], points[other]] = [points[other]!, points[k]!]
    }
    return deathsOf(`${number}: ${wordsOf(where)}`, where, 6_000, () => ({
      ...{ kills: [], between: [0, 0] as const, failpoints: points, random },
    }))
  }),
}
