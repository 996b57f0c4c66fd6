import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Layout, layoutOf } from '../../../../src/run/layout.ts'
import { recstream } from '../../../promises/command.ts'
import {
  filesUnder,
  followAdvice,
  harm,
  harmedRun,
  harms,
  harmWarehouse,
  warehouseHarms,
} from '../../../promises/damage.ts'
import { choose, seeded } from '../../../promises/random.ts'
import { outcomeOf, startArguments, undisturbed } from '../../../promises/twins.ts'
import { type Row, repeated, type Trial, type Tried } from '../row.ts'
import type { Scene } from '../scene.ts'
import { inWords, judged, placeOf, runOf, type Where, type WorldRun } from './world.ts'

/** Harms to a run that is killed before each; null where there was nothing to harm. */
type Harms = (run: WorldRun, random: () => number, scene: Scene) => Promise<readonly (() => string | null)[]>

function harmed(number: number, count: number, lastMade: (layout: Layout) => string, harmsOf: Harms): Trial {
  const where = placeOf(number)
  return {
    name: `${number}: ${inWords(where)}`,
    count,
    async run(scene): Promise<Tried> {
      const run = await runOf(scene, where, 20_000)
      const random = seeded(number)
      const ready = () => existsSync(lastMade(layoutOf(run.data, run.name)))
      const how = {
        harms: await harmsOf(run, random, scene),
        ready,
        between: [0, 1_500] as const,
        random,
        dist: scene.dist,
      }
      const { ended, done } = await harmedRun(startArguments(run), how)
      if (ended.code !== 0) return { tried: count, held: 0, differences: [`${done}: ${ended.stderr.slice(-600)}`] }
      const differences = await judged(scene, where, run, await outcomeOf(run, ended))
      const held = differences.length === 0 ? done.length : 0
      return { tried: done.length, held, differences: held > 0 ? [] : [`after ${done.join(', ')}`, ...differences] }
    },
  }
}

/** While it is there, rows are being written, and not all of them are in the file itself. */
const writtenNow = ({ warehouse }: Layout) => `${warehouse}.wal`

export const warehouse: Row = {
  name: 'warehouse',
  what: 'the warehouse removed, damaged (bits, cut, empty, half made, another pipeline’s), its write-ahead log damaged, cut or gone',
  wanted: 60,
  slice: ['test/warehouse/damage.test.ts', 'test/ingest/order/rebuild.test.ts'],
  needs: 'kafka',
  trials: repeated(10, number =>
    harmed(number, warehouseHarms.length, writtenNow, async (run, random, scene) => {
      const other = await scene.once('another warehouse', async folder => {
        const data = join(folder, 'data')
        await undisturbed({ name: 'generated', pipeline: 'generated', source: 'events=200', data, dist: scene.dist })
        return layoutOf(data, 'generated').warehouse
      })
      const file = layoutOf(run.data, run.name).warehouse
      return warehouseHarms.map(how => () => harmWarehouse(file, how, { random, other }))
    }),
  ),
}

const checkpointHarms = 12

export const checkpoints: Row = {
  name: 'checkpoints',
  what: 'each file of the checkpoints, the manifest too: bits, cut, emptied, gone',
  wanted: 100,
  slice: ['test/learner/checkpoint.test.ts', 'test/learner/process/lost-checkpoints.test.ts'],
  needs: 'kafka',
  trials: repeated(10, number =>
    harmed(
      number,
      checkpointHarms,
      ({ checkpoints }) => join(checkpoints, 'manifest.json'),
      async (run, random) => {
        const { checkpoints } = layoutOf(run.data, run.name)
        return Array.from({ length: checkpointHarms }, (_, k) => () => {
          const files = filesUnder(checkpoints)
          return files.length === 0 ? null : harm(choose(files, random), harms[(k + number) % harms.length]!, random)
        })
      },
    ),
  ),
}

const logHarms = 5

/** What the error of a damaged log says is done, as often as it says so. */
export const embeddedLog: Row = {
  name: 'embedded-log',
  what: 'each file of the embedded log: bits, cut, emptied, gone; what the message advises is done',
  wanted: 100,
  slice: ['test/log/embedded/damage.test.ts', 'test/log/embedded/recovery.test.ts'],
  trials: repeated(20, number => {
    const where: Where = { kafka: false, partitions: number % 2 === 0 ? 4 : 1 }
    return {
      name: `${number}: ${inWords(where)}`,
      count: logHarms,
      async run(scene): Promise<Tried> {
        const run = await runOf(scene, where, 4_000)
        const random = seeded(number)
        const { log } = layoutOf(run.data, run.name)
        const ready = () => existsSync(join(log, `${run.name}.interest-sequences`))
        const done: string[] = []
        const differences: string[] = []
        for (let k = 0; k < logHarms && differences.length === 0; k++) {
          const how = harms[(k + number) % harms.length]!
          const files = () => filesUnder(log).filter(path => !path.includes('/.locks/'))
          const one = { harms: [() => harm(choose(files(), random), how, random)], random, dist: scene.dist }
          const first = await harmedRun(startArguments(run), { ...one, ready, between: [0, 2_000] })
          done.push(...first.done)
          let { ended } = first
          for (let tries = 0; ended.code !== 0 && tries < 4; tries++) {
            const advised = ended.stderr.split('\n').findLast(line => line.startsWith('error[LOG_CORRUPT]')) ?? ''
            if (!followAdvice(advised)) break
            done[done.length - 1] += ', as advised'
            ended = await recstream(startArguments(run), { dist: scene.dist }).ended
          }
          if (ended.code !== 0) differences.push(`after ${done.join('; ')}: ${ended.stderr.slice(-500)}`)
        }
        if (differences.length === 0) {
          const outcome = await outcomeOf(run, await recstream(startArguments(run), { dist: scene.dist }).ended)
          const found = await judged(scene, where, run, outcome)
          if (found.length > 0) differences.push(`after ${done.join('; ')}`, ...found)
        }
        const tried = done.length
        return { tried, held: differences.length === 0 ? tried : 0, differences }
      },
    }
  }),
}
