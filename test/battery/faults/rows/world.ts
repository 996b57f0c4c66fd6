import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { layoutOf } from '../../../../src/run/layout.ts'
import { type Command, recstream } from '../../../promises/command.ts'
import { differing, differingInOrder } from '../../../promises/judge.ts'
import { ownPipeline } from '../../../promises/own-pipeline.ts'
import { type Outcome, type Run, startArguments, undisturbed } from '../../../promises/twins.ts'
import type { Scene } from '../scene.ts'

/** Which log a run is on, and in how many partitions its events come. */
export interface Where {
  kafka: boolean
  partitions: 1 | 4
}

const everywhere: readonly Where[] = [false, true].flatMap(kafka =>
  ([1, 4] as const).map(partitions => ({ kafka, partitions })),
)
/** The places take turns, trial by trial. */
export const placeOf = (number: number): Where => everywhere[(number - 1) % everywhere.length]!

export const inWords = ({ kafka, partitions }: Where) =>
  `${kafka ? 'Kafka' : 'embedded'}, ${partitions === 1 ? 'one partition' : `${partitions} partitions`}`

export type WorldRun = Run & { source: string }

const settings = ['learn.checkpointEvery=1000', 'learn.batchesPerStep=1', 'recommend.everyMs=600000']

/** Made-up viewers under a name that no other run has. */
export async function runOf(scene: Scene, where: Where, events: number): Promise<WorldRun> {
  const name = scene.name('faults')
  return {
    ...{ name, pipeline: ownPipeline(scene.folder, name, 'generated', scene.dist) },
    ...{ source: `events=${events},users=300,items=200,repeats=0.02,late=0.02`, dist: scene.dist },
    ...{ data: join(scene.folder, 'data') },
    settings: where.partitions === 1 ? settings : [...settings, `partitions=${where.partitions}`],
    ...(where.kafka ? { brokers: await scene.brokers() } : {}),
  }
}

export const begin = (run: Run) => recstream(startArguments(run), run.dist === undefined ? {} : { dist: run.dist })

/** It goes on until it is told to stop. */
export function beginForGood(run: Run): Command {
  const args = startArguments(run).filter(word => word !== '--until-idle' && word !== '--json')
  return recstream(args, run.dist === undefined ? {} : { dist: run.dist })
}

/** What differs between a run and one to which nothing happened: with one partition its twin, else what its own topics give. */
export async function judged(scene: Scene, where: Where, run: WorldRun, outcome: Outcome): Promise<string[]> {
  const twin = await scene.twin({ source: run.source, settings })
  if (where.partitions === 1) return differing(twin, outcome, { withOffsets: !where.kafka })
  return differingInOrder(twin, outcome, await builtAgain(scene, run))
}

/** What the topics of a run give to a folder that has nothing else. */
export async function builtAgain(scene: Scene, run: Run): Promise<Outcome> {
  if (run.brokers !== undefined) return undisturbed({ ...run, data: join(scene.folder, 'again') })
  const { warehouse, checkpoints } = layoutOf(run.data, run.name)
  rmSync(dirname(warehouse), { recursive: true })
  rmSync(checkpoints, { recursive: true })
  return undisturbed(run)
}
