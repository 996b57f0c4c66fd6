import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { failpoints } from '../../../../src/failpoint.ts'
import type { Disturbance, Disturbed } from '../../../promises/disturb.ts'
import { seeded } from '../../../promises/random.ts'
import { disturbed } from '../../../promises/twins.ts'
import { type Row, repeated, type Trial, type Tried } from '../row.ts'
import type { Scene } from '../scene.ts'
import { forgetDeath, forgetDeaths } from './forget-deaths.ts'
import { inWords, judged, placeOf, runOf, type Where, type WorldRun } from './world.ts'

/** A run under disturbance against its twin; deaths whose turn came when all was done are not counted. */
export function disturbedTrial(
  number: number,
  where: Where,
  events: number,
  how: (folder: string, name: string) => Omit<Disturbance, 'random' | 'dist'>,
): Trial {
  const { kills, failpoints: points, removals = [] } = how('', '')
  return {
    name: `${number}: ${inWords(where)}`,
    count: kills.length + points.length + removals.length,
    async run(scene): Promise<Tried> {
      const { report, differences } = await triedOnce(scene, where, events, ({ data, name }) => ({
        ...how(data, name),
        random: seeded(number),
      }))
      const tried = report.killed.length
      return { tried, held: differences.length === 0 ? tried : 0, differences }
    },
  }
}

/** One run under disturbance, and what differs from its twin. */
async function triedOnce(
  scene: Scene,
  where: Where,
  events: number,
  how: (run: WorldRun) => Omit<Disturbance, 'dist'>,
): Promise<{ report: Disturbed; differences: string[] }> {
  const run = await runOf(scene, where, events)
  const { report, ...outcome } = await disturbed(run, { ...how(run), dist: scene.dist })
  return { report, differences: await judged(scene, where, run, outcome) }
}

/** Each process, and several at once. */
const victims = ['ingest', 'learn', 'supervisor', 'ingest+learn', 'ingest+learn+supervisor']
const killsOfImport = 3
const killsInAll = 23

export const kill: Row = {
  name: 'kill',
  what: 'kill -9 of import, ingest, learn, the supervisor, and several at once, at random instants, over 2 million events',
  wanted: 200,
  slice: ['test/promises/crash.test.ts'],
  needs: 'kafka',
  trials: repeated(10, number => {
    // The import is over first.
    const kills = Array.from({ length: killsInAll }, (_, k) =>
      k < killsOfImport ? 'import' : victims[(k + number) % victims.length]!,
    )
    const how = { kills, between: [100, 3_000] as const, failpoints: [] }
    return disturbedTrial(number, placeOf(number), 200_000, () => how)
  }),
}

const rounds = 20

export const halfDone: Row = {
  name: 'failpoints',
  what: `death at each of the ${failpoints.length} named places where something is half done, and at ${forgetDeaths.length} while somebody is forgotten`,
  wanted: rounds * (failpoints.length + forgetDeaths.length),
  slice: ['test/promises/crash.test.ts'],
  needs: 'kafka',
  trials: [
    ...repeated(rounds, number => everyFailpoint(number, placeOf(number))),
    ...repeated(rounds, number => forgetDeath(number, placeOf(number))),
  ],
}

/** Runs in which a trial waits for places that did not come by in those before, at most. */
const mostRuns = 12

/** Die at each named place: a run may be over before some of them come by, and then another one is begun for these. */
function everyFailpoint(number: number, where: Where): Trial {
  return {
    name: `${number}: ${inWords(where)}`,
    count: failpoints.length,
    async run(scene): Promise<Tried> {
      const random = seeded(number)
      let left: readonly string[] = inAnyOrder(failpoints, random)
      let tried = 0
      for (let k = 1; k <= mostRuns && left.length > 0; k++) {
        const own = { ...scene, folder: join(scene.folder, String(k)) }
        mkdirSync(own.folder)
        const how = { kills: [], between: [0, 0] as const, failpoints: left, random }
        const { report, differences } = await triedOnce(own, where, 6_000, () => how)
        if (differences.length > 0) return { tried: tried + report.killed.length, held: tried, differences }
        tried += report.killed.length
        left = report.notReached
        rmSync(own.folder, { recursive: true, force: true })
      }
      return { tried, held: tried, differences: left.map(point => `not reached in ${mostRuns} runs: ${point}`) }
    },
  }
}

function inAnyOrder<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map(one => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)
}
