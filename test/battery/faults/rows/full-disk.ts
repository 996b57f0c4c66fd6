import { join } from 'node:path'
import { diskPhases, filledRun, smallDisk } from '../../../promises/full-disk.ts'
import { outcomeOf, startArguments } from '../../../promises/twins.ts'
import { type Row, repeated, type Tried } from '../row.ts'
import { inWords, judged, placeOf, runOf } from './world.ts'

/** One run on a disk of its own that is full for a while in every phase. */
export const fullDisk: Row = {
  name: 'disk-full',
  what: `the disk full in each of ${diskPhases.length} phases, then room`,
  wanted: 40,
  slice: ['test/promises/full-disk.test.ts'],
  needs: 'small-disk',
  trials: repeated(5, number => {
    const where = placeOf(number)
    return {
      name: `${number}: ${inWords(where)}`,
      count: diskPhases.length,
      async run(scene): Promise<Tried> {
        const disk = smallDisk(400)
        try {
          const run = { ...(await runOf(scene, where, 6_000)), data: join(disk.folder, 'data') }
          const how = { disk, phases: diskPhases, fullMs: 1_000 + 1_000 * number }
          const { ended, filled, said } = await filledRun(startArguments(run), how)
          const outcome = await outcomeOf(run, ended)
          const differences = [
            ...(said > filled.length ? [`said ${said} times for ${filled.length}`] : []),
            ...(await judged(scene, where, run, outcome)),
          ]
          const tried = filled.length
          return { tried, held: differences.length === 0 ? tried : 0, differences }
        } finally {
          disk.remove()
        }
      },
    }
  }),
}
