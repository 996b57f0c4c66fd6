import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { layoutOf } from '../../../../src/run/layout.ts'
import { recstream } from '../../../promises/command.ts'
import { steppedClock } from '../../../promises/stepped-clock.ts'
import { outcomeOf, startArguments } from '../../../promises/twins.ts'
import type { Trial, Tried } from '../row.ts'
import { judged, runOf, type Where } from './world.ts'

const where: Where = { kafka: false, partitions: 1 }
const steps = 10

/** One run whose clock is set by days, forward and back, while every minute asks for a snapshot. */
export const clock: Trial = {
  name: 'the clock set by days',
  count: steps,
  async run(scene): Promise<Tried> {
    const run = await runOf(scene, where, 12_000)
    const { env, set } = steppedClock(join(scene.folder, 'clock'))
    const settings = [...(run.settings ?? []), 'schedule.snapshot=* * * * *']
    const command = recstream(startArguments({ ...run, settings }), {
      env,
      ...(run.dist === undefined ? {} : { dist: run.dist }),
    })
    let over = false
    const ended = command.ended.finally(() => {
      over = true
    })
    for (let step = 1; step <= steps && !over; step++) {
      set(step % 2 === 0 ? -6 * step : 6 * step)
      await Promise.race([ended, setTimeout(1_000)])
    }
    set(0)
    const { stderr } = await ended
    const copies = readdirSync(layoutOf(run.data, run.name).snapshots).filter(name => name.startsWith('snapshot-'))
    const differences = [
      ...(stderr.split('\n').length > 50
        ? [`${stderr.split('\n').length} lines on stderr: ${stderr.slice(0, 500)}`]
        : []),
      ...(copies.length === 0 ? ['no snapshot was made'] : []),
      ...(await judged(scene, where, run, await outcomeOf(run, await ended))),
    ]
    return { tried: steps, held: differences.length === 0 ? steps : 0, differences }
  },
}
