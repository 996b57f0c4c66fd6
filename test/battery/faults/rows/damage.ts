import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { layoutOf } from '../../../../src/run/layout.ts'
import { harmedRun, harmWarehouse, warehouseHarms } from '../../../promises/damage.ts'
import { seeded } from '../../../promises/random.ts'
import { outcomeOf, startArguments, undisturbed } from '../../../promises/twins.ts'
import { type Row, repeated, type Trial, type Tried } from '../row.ts'
import type { Scene } from '../scene.ts'
import { everywhere, inWords, judged, runOf, type Where, type WorldRun } from './world.ts'

/** Harms to a run that is killed before each; null where there was nothing to harm. */
type Harms = (run: WorldRun, random: () => number, scene: Scene) => Promise<readonly (() => string | null)[]>

function harmed(number: number, where: Where, count: number, harmsOf: Harms): Trial {
  return {
    name: `${number}: ${inWords(where)}`,
    count,
    async run(scene): Promise<Tried> {
      const run = await runOf(scene, where, 20_000)
      const random = seeded(number)
      const { warehouse } = layoutOf(run.data, run.name)
      // Rows are being written, and not all of them are in the file itself.
      const ready = () => existsSync(`${warehouse}.wal`)
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

export const warehouse: Row = {
  name: 'warehouse',
  what: 'the warehouse removed, damaged (bits, cut, empty, half made, another pipeline’s), its write-ahead log damaged, cut or gone',
  wanted: 60,
  slice: ['test/warehouse/damage.test.ts', 'test/ingest/order/rebuild.test.ts'],
  needs: 'kafka',
  trials: repeated(10, number =>
    harmed(number, everywhere[(number - 1) % everywhere.length]!, warehouseHarms.length, async (run, random, scene) => {
      const data = join(scene.folder, 'other')
      await undisturbed({ name: 'generated', pipeline: 'generated', source: 'events=200', data, dist: scene.dist })
      const other = layoutOf(data, 'generated').warehouse
      const file = layoutOf(run.data, run.name).warehouse
      return warehouseHarms.map(how => () => harmWarehouse(file, how, { random, other }))
    }),
  ),
}
