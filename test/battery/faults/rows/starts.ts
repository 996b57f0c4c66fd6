import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Command, killAll, processesUnder, until } from '../../../promises/command.ts'
import { repeatsOf } from '../../../promises/contents.ts'
import { seeded } from '../../../promises/random.ts'
import { openLogOf, outcomeOf } from '../../../promises/twins.ts'
import { type Row, repeated, type Trial, type Tried, trialOf } from '../row.ts'
import type { Scene } from '../scene.ts'
import { begin, beginForGood, judged, runOf, type Where } from './world.ts'

const embedded: Where = { kafka: false, partitions: 1 }
const kafka: Where = { kafka: true, partitions: 1 }

async function endedAfter(command: Command): Promise<{ ms: number; stderr: string; code: number | null }> {
  const began = performance.now()
  const { stderr, code } = await command.ended
  return { ms: performance.now() - began, stderr, code }
}

const refusedMs = 2_000

export const twoStarts: Row = {
  name: 'two-starts',
  when: 'alone',
  what: 'a second start on one folder, at any moment',
  wanted: 20,
  slice: ['test/cli/start/hold-pipeline.test.ts', 'test/log/embedded/claim.test.ts'],
  trials: repeated(20, number =>
    trialOf(`${number}`, async scene => {
      const run = await runOf(scene, embedded, 8_000)
      // The first tries begin at the very same moment.
      const pause = number <= 4 ? 0 : seeded(number)() * 3_000
      const first = begin(run)
      const firstEnds = endedAfter(first)
      await delay(pause)
      const second = begin(run)
      const secondEnds = endedAfter(second)
      const ends = [await firstEnds, await secondEnds]
      const isRefused = ({ stderr }: { stderr: string }) => stderr.includes('error[ALREADY_RUNNING]')
      const refused = ends.filter(isRefused)
      if (refused.length !== 1)
        return [`${refused.length} of two were refused: ${ends.map(({ stderr }) => stderr.slice(-300))}`]
      const [{ ms, stderr }] = refused as [(typeof ends)[0]]
      const holder = isRefused(ends[0]!) ? second : first
      const outcome = await outcomeOf(run, await holder.ended)
      return [
        ...(ms > refusedMs
          ? [`refused after ${Math.round(ms)} ms (started ${Math.round(pause)} ms after the first)`]
          : []),
        ...(stderr.includes(`${holder.child.pid}`)
          ? []
          : [`the process that holds it is not named: ${stderr.slice(-300)}`]),
        ...(await judged(scene, embedded, run, outcome)),
      ]
    }),
  ),
}

const asleepMs = 90_000
const takenOverMs = 5_000
const atOnce = 4

/** One folder's run stopped, another folder's started meanwhile, the first woken. */
async function wokenTooLate(scene: Scene, number: number): Promise<string[]> {
  const older = await runOf(scene, kafka, 8_000)
  const newer = { ...older, data: join(scene.folder, `newer-${older.name}`) }
  const stopped = beginForGood(older)
  let other: Command | undefined
  try {
    await until('the older one is at work', () => /Ready: /.test(stopped.said()), 120_000)
    await delay(seeded(number)() * 3_000)
    const pids = [stopped.child.pid!, ...processesUnder(stopped.child.pid!).map(({ pid }) => pid)]
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    const asleepSince = performance.now()
    other = beginForGood(newer)
    await until('the newer one is at work', () => /Ready: /.test(other!.said()), 120_000)
    await delay(Math.max(0, asleepMs - (performance.now() - asleepSince)))
    const ends = endedAfter(stopped)
    for (const pid of pids) process.kill(pid, 'SIGCONT')
    const { ms, stderr, code } = await ends
    other.child.kill('SIGTERM')
    const newerEnds = await other.ended
    const outcome = await outcomeOf(newer, await begin(newer).ended)
    const names = new RegExp(`error\\[TAKEN_OVER\\]: .* process ${other.child.pid} .*${newer.data}`)
    return [
      ...(ms > takenOverMs ? [`the older one ended after ${Math.round(ms)} ms`] : []),
      ...(code === 1 && names.test(stderr) ? [] : [`the older one said (${code}): ${stderr.slice(-400)}`]),
      ...(/error|started again/.test(newerEnds.stderr) ? [`the newer one said: ${newerEnds.stderr.slice(-400)}`] : []),
      ...(await judged(scene, kafka, newer, outcome)),
    ]
  } finally {
    killAll(stopped)
    if (other !== undefined) killAll(other)
  }
}

export const twoFolders: Row = {
  name: 'two-folders',
  when: 'alone',
  what: 'two data folders on one pipeline, the older one stopped for 90 s and woken',
  wanted: 20,
  slice: ['test/log/kafka/owner.test.ts'],
  needs: 'kafka',
  trials: repeated(20 / atOnce, number => ({
    name: `${number}: ${atOnce} at once`,
    count: atOnce,
    async run(scene): Promise<Tried> {
      const each = await Promise.all(Array.from({ length: atOnce }, (_, k) => wokenTooLate(scene, number * atOnce + k)))
      return { tried: atOnce, held: each.filter(({ length }) => length === 0).length, differences: each.flat() }
    },
  })),
}

const endsMs = 5_000
const signalsATrial = 5

/** One run that is stopped and started again some times, while it imports as fast as it can. */
function stops(how: 'SIGTERM' | 'SIGINT' | 'twice', number: number): Trial {
  return {
    name: `${how} ${number}`,
    count: signalsATrial,
    async run(scene): Promise<Tried> {
      const where = number % 2 === 0 ? kafka : embedded
      const run = await runOf(scene, where, 30_000)
      const random = seeded(number)
      const differences: string[] = []
      let tried = 0
      for (; tried < signalsATrial; tried++) {
        const command = begin(run)
        let over = false
        const ended = command.ended.finally(() => (over = true))
        await until('it is at work', () => over || /Ready: /.test(command.said()), 120_000)
        await delay(random() * 1_500)
        if (over) break
        const ends = endedAfter(command)
        command.child.kill(how === 'twice' ? 'SIGINT' : how)
        if (how === 'twice') {
          await delay(random() * 100)
          command.child.kill('SIGINT')
        }
        const { ms, code } = await ends
        const expected = how === 'SIGTERM' ? 143 : 130
        if (ms > endsMs) differences.push(`ended ${Math.round(ms)} ms after the signal`)
        if (code !== expected) differences.push(`ended with ${code}: ${(await ended).stderr.slice(-400)}`)
      }
      const outcome = await outcomeOf(run, await begin(run).ended)
      // The second signal cuts off what the first one let it finish.
      if (how !== 'twice') {
        const log = await openLogOf(run)
        const repeats = await repeatsOf(log, run.name).finally(() => log.close())
        if (repeats.length > 0) differences.push(`what was finished was done again: ${repeats}`)
      }
      differences.push(...(await judged(scene, where, run, outcome)))
      return { tried, held: differences.length === 0 ? tried : 0, differences }
    },
  }
}

export const signals: Row = {
  name: 'signals',
  when: 'alone',
  what: 'SIGTERM, SIGINT, and SIGINT twice while it imports, ingests and learns as fast as it can',
  wanted: 60,
  slice: ['test/promises/determinism.test.ts'],
  needs: 'kafka',
  trials: (['SIGTERM', 'SIGINT', 'twice'] as const).flatMap(how => repeated(4, number => stops(how, number))),
}
