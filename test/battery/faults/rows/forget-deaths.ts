import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { forgetFailpoints } from '../../../../src/failpoint.ts'
import { killAll, recstream, until } from '../../../promises/command.ts'
import { differences } from '../../../promises/contents.ts'
import { lasting, type Outcome, outcomeOf, type Run } from '../../../promises/twins.ts'
import type { Trial, Tried } from '../row.ts'
import { argumentsOf, crowd, personNamed, placesOf, plant } from './forget.ts'
import { begin, inWords, type Where } from './world.ts'

/**
 * Where processes die while somebody is forgotten, in the order in which they come by: ingest takes the command in and deletes
 * rows; the learner accepts it and keeps a checkpoint; ingest clears topics and files.
 */
const ofIngest = forgetFailpoints.map(point => `ingest.${point}`)
const ofLearner = ['command.before', 'command.after', 'manifest.before', 'manifest.after'].map(name => `learn.${name}`)
export const forgetDeaths = [...ofIngest, ...ofLearner]

const person = personNamed(1)

/** Die at each place while somebody is forgotten; equal to a twin that does not, and nothing of the person is left. */
export function forgetDeath(number: number, where: Where): Trial {
  return {
    name: `forgetting, ${number}: ${inWords(where)}`,
    count: forgetDeaths.length,
    async run(scene): Promise<Tried> {
      const dist = { dist: scene.dist }
      const settled = async (): Promise<Run> => {
        const run = { ...(await crowd(scene, where)), data: join(scene.folder, `data-${runs++}`) }
        const [, ...place] = argumentsOf(run)
        const given = ['import', ...place, '--source', `events=3000,users=20,items=50,seed=${number}`]
        const settings = run.settings!.flatMap(setting => ['--set', setting])
        const imported = await recstream([...given, ...settings], dist).ended
        if (imported.code !== 0) throw new Error(imported.stderr.slice(-500))
        await plant(run, [person])
        const { code, stderr } = await begin(run).ended
        if (code !== 0) throw new Error(stderr.slice(-500))
        return run
      }
      let runs = 0
      const run = await settled()
      // What arrives in several partitions has an order of its own: the twin begins with the same.
      const twin = where.kafka ? await alike(run, settled) : { ...run, data: join(scene.folder, `data-${runs++}`) }
      if (!where.kafka) cpSync(run.data, twin.data, { recursive: true })
      const expected = await forgotten(twin, [])
      const found = await forgotten(run, forgetDeaths)
      const left = placesOf(person, run.data, found).map(place => `${person} in ${place}`)
      const all = [
        ...found.notReached.map(point => `not reached: ${point}`),
        ...left,
        ...differences(comparable(expected), comparable(found)),
        ...otherLasting(expected, found),
      ]
      const tried = forgetDeaths.length - found.notReached.length
      return { tried, held: all.length === 0 ? tried : 0, differences: all }
    },
  }
}

/** How often another run is begun until one was handed its partitions in the order of the first. */
const mostTries = 12

async function alike(run: Run, settled: () => Promise<Run>): Promise<Run> {
  const order = await orderOf(run)
  for (let k = 0; k < mostTries; k++) {
    const twin = await settled()
    if ((await orderOf(twin)) === order) return twin
  }
  throw new Error(`Of ${mostTries} runs none was handed its partitions in the order of the first; try again.`)
}

/** Where each kept event and each dead letter stood, in the order in which they were taken. */
async function orderOf(run: Run): Promise<string> {
  const where = 'source_partition AS p, source_offset AS o'
  const sql = `SELECT ${where} FROM events ORDER BY sequence; SELECT ${where} FROM dead_letters ORDER BY number`
  const limits = ['--max-rows', '100000', '--json']
  const asked = ['sql', sql, '-p', run.pipeline, '--data', run.data, ...limits]
  const { code, stdout, stderr } = await recstream(asked, { dist: run.dist! }).ended
  if (code !== 0) throw new Error(stderr.slice(-400))
  return stdout
}

/** Forget the person while the pipeline runs, dying at each of the places; what is left of it. */
async function forgotten(run: Run, points: readonly string[]): Promise<Outcome & { notReached: string[] }> {
  const folder = join(run.data, '..', `points-${Math.random().toString(36).slice(2)}`)
  mkdirSync(folder)
  const dist = { dist: run.dist! }
  const settings = run.settings!.flatMap(setting => ['--set', setting])
  const start = ['start', run.pipeline, ...argumentsOf(run).slice(2), '--no-import', ...settings]
  const command = recstream(start, { ...dist, env: { RECSTREAM_FAILPOINTS: folder } })
  try {
    await until('it is ready', () => /Ready: /.test(command.said()), 240_000)
    for (const point of points) writeFileSync(join(folder, point), '')
    const { code, stderr } = await recstream(['forget', person, ...argumentsOf(run), '--json'], dist).ended
    if (code !== 0) throw new Error(`forget ended with ${code}: ${stderr.slice(-400)}`)
    command.child.kill('SIGTERM')
    await command.ended
  } finally {
    killAll(command)
  }
  const notReached = points.filter(point => existsSync(join(folder, point)))
  return { ...(await outcomeOf(run, await begin(run).ended)), notReached }
}

/** Each command has an id and a time of its own; how often what was begun was begun again is no difference. */
function comparable({ name, contents }: Outcome): Record<string, string[]> {
  const rowsOf = (rows: readonly string[]) => rows.map(row => row.replaceAll(name, 'pipeline'))
  const without = ['table commands', 'topic commands', 'table models', 'table scores', 'table offsets']
  return Object.fromEntries(
    Object.entries(contents)
      .filter(([table]) => !without.includes(table))
      .map(([table, rows]) => [table, rowsOf(rows)]),
  )
}

function otherLasting(expected: Outcome, found: Outcome): string[] {
  const [a, b] = [lasting(expected), lasting(found)].map(words => JSON.stringify(words))
  return a === b ? [] : [`summary: ${a} expected, ${b} found`]
}
