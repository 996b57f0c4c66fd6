import { readFileSync } from 'node:fs'
import { layoutOf } from '../../../../src/run/layout.ts'
import { killAll, processesUnder, until } from '../../../promises/command.ts'
import { knock } from '../../../promises/doors.ts'
import { seeded } from '../../../promises/random.ts'
import { outcomeOf } from '../../../promises/twins.ts'
import { type Row, repeated, type Tried } from '../row.ts'
import { begin, beginForGood, judged, runOf, type Where } from './world.ts'

const where: Where = { kafka: false, partitions: 1 }
const knocks = 400
/** More memory than before the knocking, MiB: what a collection that has not come yet may leave. */
const grownAtMost = 300

const residentMb = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024

export const doors: Row = {
  name: 'doors',
  what: 'the control socket asked by every method, path and size of body, by what is no request, slowly, and not at all',
  wanted: 2_000,
  slice: ['test/run/control.test.ts'],
  trials: repeated(5, number => ({
    name: `${number}`,
    count: knocks,
    async run(scene): Promise<Tried> {
      const run = await runOf(scene, where, 8_000)
      const command = beginForGood(run)
      try {
        await until('all is learned', () => /\b(\S+) of \1 events/.test(command.said()), 300_000)
        const pids = () => [command.child.pid!, ...processesUnder(command.child.pid!).map(({ pid }) => pid)]
        const before = pids()
        const memory = () => pids().map(residentMb)
        await knock(layoutOf(run.data, run.name).control, { times: 100, random: seeded(0), known: ['status'] })
        const first = memory()
        const random = seeded(number)
        const answers = await knock(layoutOf(run.data, run.name).control, {
          ...{ times: knocks, random, known: ['status', 'snapshot'] },
        })
        const after = pids()
        const grown = memory().map((megabytes, k) => megabytes - first[k]!)
        const differences = [
          ...(`${before}` === `${after}`
            ? []
            : [`processes ${before} are now ${after}: ${command.said().slice(-500)}`]),
          ...(grown.some(each => each > grownAtMost) ? [`processes grew by ${grown} MiB`] : []),
          ...(answers.has('500') ? [`${answers.get('500')} answers of 500`] : []),
        ]
        command.child.kill('SIGTERM')
        await command.ended
        const outcome = await outcomeOf(run, await begin(run).ended)
        differences.push(...(await judged(scene, where, run, outcome)))
        return { tried: knocks, held: differences.length === 0 ? knocks : 0, differences }
      } finally {
        killAll(command)
      }
    },
  })),
}
