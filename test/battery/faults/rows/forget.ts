import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { killAll, recstream, until } from '../../../promises/command.ts'
import { otherRowsOfRebuilt } from '../../../promises/judge.ts'
import { seeded } from '../../../promises/random.ts'
import { type Outcome, outcomeOf, type Run } from '../../../promises/twins.ts'
import { type Row, repeated, type Tried } from '../row.ts'
import type { Scene } from '../scene.ts'
import { begin, beginForGood, builtAgain } from './world.ts'

const peopleATrial = 2
const forgottenMs = 60_000

/** Made-up viewers whose ids are no part of one another. */
function crowd(scene: Scene): Run {
  const name = scene.name('forget')
  const pipeline = join(scene.folder, `${name}.mjs`)
  const like = pathToFileURL(join(scene.dist, 'pipelines', 'generated', 'index.js')).href
  writeFileSync(
    pipeline,
    `import like from '${like}'
const named = one => ({ ...one, userId: \`person-\${one.userId.slice(1)}-here\` })
function* each(all) { for (const one of all) yield named(one) }
const read = text => { const world = like.source.read(text); return { ...world, profiles: () => each(world.profiles()), events: () => each(world.events()) } }
export default { ...like, name: '${name}', source: { ...like.source, read } }
`,
  )
  return {
    name,
    pipeline,
    data: join(scene.folder, 'data'),
    dist: scene.dist,
    settings: ['learn.checkpointEvery=1000'],
  }
}

/** Files, tables and topics in which an id is found. */
function placesOf(id: string, data: string, { contents }: Outcome): string[] {
  const files = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  return [
    ...files.filter(file => readFileSync(file).includes(id)).map(file => file.slice(data.length)),
    ...Object.keys(contents).filter(table => contents[table]!.some(row => row.includes(id))),
  ]
}

export const forget: Row = {
  name: 'forget',
  what: 'people forgotten while ingest and learner work, then a restart, and all built again from the log',
  wanted: 10,
  slice: ['test/ingest/forget/forget-people.test.ts'],
  trials: repeated(5, number => ({
    name: `${number}`,
    count: peopleATrial,
    async run(scene): Promise<Tried> {
      const run = crowd(scene)
      const dist = { dist: scene.dist }
      const world = 'events=30000,users=60,items=100'
      const imported = await recstream(['import', run.pipeline, '--source', world, '--data', run.data], dist).ended
      if (imported.code !== 0) throw new Error(imported.stderr.slice(-500))
      const random = seeded(number)
      const people = Array.from(
        { length: peopleATrial },
        (_, k) => `person-${k + peopleATrial * Math.floor(random() * 20)}-here`,
      )
      const differences: string[] = []
      const command = beginForGood(run)
      try {
        await until('it is ready', () => /Ready: /.test(command.said()), 120_000)
        for (const person of people) {
          const began = performance.now()
          const given = recstream(['forget', person, '-p', run.pipeline, '--data', run.data, '--json'], dist)
          const { code, stderr } = await given.ended
          const ms = performance.now() - began
          if (code !== 0) differences.push(`forget ended with ${code}: ${stderr.slice(-400)}`)
          if (ms > forgottenMs) differences.push(`forgotten after ${Math.round(ms)} ms`)
        }
        command.child.kill('SIGTERM')
        await command.ended
      } finally {
        killAll(command)
      }
      const found = (when: string, outcome: Outcome) =>
        differences.push(
          ...people.flatMap(person =>
            placesOf(person, run.data, outcome).map(place => `${when}: ${person} in ${place}`),
          ),
        )
      const outcome = await outcomeOf(run, await begin(run).ended)
      found('after a restart', outcome)
      const again = await builtAgain(scene, run)
      found('built again', again)
      differences.push(...otherRowsOfRebuilt(outcome, again))
      return { tried: peopleATrial, held: differences.length === 0 ? peopleATrial : 0, differences }
    },
  })),
}
