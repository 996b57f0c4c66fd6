import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { api, proxyTo } from '../../../log/fixtures/broker-proxy.ts'
import { killAll, processesUnder, recstream, until } from '../../../promises/command.ts'
import { outcomeOf } from '../../../promises/twins.ts'
import { type Row, type Trial, type Tried, trialOf } from '../row.ts'
import { begin, beginForGood, judged, runOf } from './world.ts'

const waiting = 1_000_000
/** What ingest may hold whatever waits, MiB: twice what a run of a tenth of it takes. */
const mostMemoryMb = 1_200

const peakMb = (pid: number) =>
  Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024

const kafka = { kafka: true, partitions: 1 } as const

/**
 * A broker to which the way is slow: answers to appends come late, or little fits through it at a time. The run ends by
 * itself, equal to its twin, without a process being started again, and memory stays below the bound.
 */
function slowBroker(
  name: string,
  { events, late, bytesPerSecond }: { events: number; late?: (answer: Buffer) => number; bytesPerSecond?: number },
): Trial {
  return trialOf(name, async scene => {
    const direct = await runOf(scene, kafka, events)
    const proxy = await proxyTo(
      direct.brokers![0]!,
      (key, answer) => (key === api.produce ? late?.(answer) : undefined),
      bytesPerSecond,
    )
    const command = begin({ ...direct, brokers: [proxy.address] })
    const memory = new Map<string, number>()
    const watch = setInterval(() => {
      for (const { role, pid } of processesUnder(command.child.pid!)) {
        try {
          memory.set(role, Math.max(memory.get(role) ?? 0, peakMb(pid)))
        } catch {
          // It ended while we looked.
        }
      }
    }, 250)
    try {
      const ended = await command.ended
      const outcome = await outcomeOf(direct, ended)
      return [
        ...[...memory]
          .filter(([, peak]) => peak > mostMemoryMb)
          .map(([role, peak]) => `${role} held ${Math.round(peak)} MiB`),
        ...(/Waiting|started again/.test(ended.stderr) ? [`it said: ${ended.stderr.slice(-400)}`] : []),
        ...(await judged(scene, kafka, direct, outcome)),
      ]
    } finally {
      clearInterval(watch)
      killAll(command)
      proxy.close()
    }
  })
}

/** A million events wait for ingest, and all of them for a learner that stands still. */
export const slow: Row = {
  name: 'slow',
  what: 'a million events that wait, a learner that stands still, and a broker that is slow in three ways',
  wanted: 4,
  slice: ['test/promises/determinism.test.ts', 'test/ingest/ingest.test.ts'],
  trials: [
    {
      name: 'a million waiting, the learner stopped',
      count: 1,
      async run(scene): Promise<Tried> {
        const { source, ...run } = await runOf(scene, { kafka: false, partitions: 1 }, waiting)
        const dist = { dist: scene.dist }
        const { code, stderr } = await recstream(['import', run.pipeline, '--source', source, '--data', run.data], dist)
          .ended
        if (code !== 0) throw new Error(stderr.slice(-500))
        const command = beginForGood(run)
        try {
          const pidOf = (role: string) => processesUnder(command.child.pid!).find(each => each.role === role)?.pid
          await until('it is ready', () => /Ready: /.test(command.said()), 120_000)
          process.kill(pidOf('learn')!, 'SIGSTOP')
          const began = performance.now()
          let rows = 0
          while (rows < waiting * 0.97 && performance.now() - began < 600_000) {
            await delay(2_000)
            const asked = await recstream(['sql', 'select count(*) from events', '--json', '--data', run.data], dist)
              .ended
            rows = Number(/\d{2,}/.exec(asked.stdout)?.[0] ?? rows)
          }
          const seconds = (performance.now() - began) / 1_000
          const memory = peakMb(pidOf('ingest')!)
          process.kill(pidOf('learn')!, 'SIGCONT')
          command.child.kill('SIGTERM')
          await command.ended
          const differences = [
            ...(rows < waiting * 0.97 ? [`${rows} rows of ${waiting} after ${Math.round(seconds)} s`] : []),
            ...(memory > mostMemoryMb ? [`ingest held ${Math.round(memory)} MiB`] : []),
          ]
          return { tried: 1, held: differences.length === 0 ? 1 : 0, differences }
        } finally {
          killAll(command)
        }
      },
    },
    slowBroker('each append takes 2 s', { events: 20_000, late: () => 2_000 }),
    slowBroker('each append of lists takes 4 s', {
      events: 20_000,
      late: answer => (answer.includes('.recommendations') ? 4_000 : 0),
    }),
    slowBroker('200 kB a second each way', { events: 20_000, bytesPerSecond: 200_000 }),
  ],
}
