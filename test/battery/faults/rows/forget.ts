import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { encodeEvent, encodeProfile } from '../../../../src/codec/input.ts'
import { topicsOf } from '../../../../src/records/topics.ts'
import { layoutOf } from '../../../../src/run/layout.ts'
import { killAll, recstream, until } from '../../../promises/command.ts'
import { otherRowsOfRebuilt } from '../../../promises/judge.ts'
import { seeded } from '../../../promises/random.ts'
import { type Outcome, openLogOf, outcomeOf, type Run } from '../../../promises/twins.ts'
import { type Row, repeated, type Tried } from '../row.ts'
import type { Scene } from '../scene.ts'
import { begin, beginForGood, builtAgain, inWords, placeOf, type Where } from './world.ts'

const peopleATrial = 2
const forgottenMs = 60_000
const world = 'events=30000,users=60,items=100'
const start = Date.UTC(2024, 0, 1)

export const personNamed = (number: number) => `person-${number}-here`
const cookieOf = (person: string) => `cookie-of-${person.slice('person-'.length)}`

/** Made-up viewers whose ids are no part of one another, and a function of the definition that names whom it fails on. */
export async function crowd(
  scene: Pick<Scene, 'folder' | 'dist' | 'name' | 'brokers'>,
  { kafka, partitions }: Where,
): Promise<Run> {
  const name = scene.name('forget')
  const pipeline = join(scene.folder, `${name}.mjs`)
  const like = pathToFileURL(join(scene.dist, 'pipelines', 'generated', 'index.js')).href
  writeFileSync(
    pipeline,
    `import like from '${like}'
const named = one => ({ ...one, userId: \`person-\${one.userId.slice(1)}-here\` })
function* each(all) { for (const one of all) yield named(one) }
const read = text => { const world = like.source.read(text); return { ...world, profiles: () => each(world.profiles()), events: () => each(world.events()) } }
const reward = event => {
  if (event.properties?.broken) throw new Error('no reward for ' + event.userId)
  return like.reward(event)
}
export default { ...like, name: '${name}', reward, source: { ...like.source, read } }
`,
  )
  return {
    ...{ name, pipeline, data: join(scene.folder, 'data'), dist: scene.dist },
    settings: ['learn.checkpointEvery=1000', ...(partitions === 1 ? [] : [`partitions=${partitions}`])],
    ...(kafka ? { brokers: await scene.brokers() } : {}),
  }
}

export const argumentsOf = ({ pipeline, data, brokers }: Run): string[] => [
  ...['-p', pipeline, '--data', data],
  ...(brokers === undefined ? [] : ['--brokers', brokers.join(',')]),
]

/** Everything that may name somebody comes in: a profile, events that fail, records that cannot be read, a cookie of theirs. */
export async function plant(run: Run, people: readonly string[]): Promise<void> {
  const log = await openLogOf(run)
  const { behaviourEvents, userProfiles } = topicsOf(run.name)
  const producer = await log.producer(`${run.name}.plant`)
  const plain = { value: 0.5, recommendationId: null }
  try {
    for (const person of people) {
      const event = (eventId: string, userId: string, properties: Record<string, number> = {}) => ({
        ...{ key: userId, timestamp: start },
        value: encodeEvent({
          ...{ ...plain, eventId: `${eventId}-of-${people.indexOf(person)}`, userId, itemId: 'i1', behaviour: 'view' },
          ...{ time: start, properties },
        }),
      })
      const bytes = (key: string | null, text: string) => ({ key, timestamp: start, value: Buffer.from(text) })
      await producer.append(behaviourEvents, [
        event('broken', person, { broken: 1 }),
        bytes(person, '{ not JSON'),
        bytes('person-elsewhere', `{"userId":"${person}", broken`),
        bytes(null, JSON.stringify({ userId: person })),
        event('cookie', cookieOf(person)),
      ])
      const attributes = { country: `narnia-of-${person}` }
      const value = encodeProfile({ userId: person, attributes })
      await producer.append(userProfiles, [{ key: person, timestamp: start, value }])
    }
  } finally {
    await producer.close()
    await log.close()
  }
}

/** Files, tables and topics in which an id is found. */
export function placesOf(id: string, data: string, { contents }: Pick<Outcome, 'contents'>): string[] {
  const files = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  return [
    ...files.filter(file => readFileSync(file).includes(id)).map(file => file.slice(data.length)),
    ...Object.keys(contents).filter(table => contents[table]!.some(row => row.includes(id))),
  ]
}

/** A folder that has nothing but the key, where all is built again. */
function withKey(scene: Scene, run: Run): void {
  if (run.brokers === undefined) return
  const to = layoutOf(join(scene.folder, 'again'), run.name).forgetKey
  mkdirSync(dirname(to), { recursive: true })
  cpSync(layoutOf(run.data, run.name).forgetKey, to)
}

async function forgetTwo(scene: Scene, where: Where, number: number): Promise<string[]> {
  const run = await crowd(scene, where)
  const dist = { dist: scene.dist }
  const settings = run.settings!.flatMap(setting => ['--set', setting])
  const [, ...place] = argumentsOf(run)
  const given = ['import', ...place, '--source', world, ...settings]
  const imported = await recstream(given, dist).ended
  if (imported.code !== 0) throw new Error(imported.stderr.slice(-500))
  const random = seeded(number)
  const people = Array.from({ length: peopleATrial }, (_, k) =>
    personNamed(k + peopleATrial * Math.floor(random() * 20)),
  )
  await plant(run, people)
  const differences: string[] = []
  const command = beginForGood(run)
  try {
    await until('it is ready', () => /Ready: /.test(command.said()), 240_000).catch((error: Error) => {
      throw new Error(`${error.message}: ${command.said().slice(-500)}`)
    })
    for (const person of people) {
      const merged = await recstream(['merge', cookieOf(person), person, ...argumentsOf(run)], dist).ended
      if (merged.code !== 0) differences.push(`merge ended with ${merged.code}: ${merged.stderr.slice(-400)}`)
    }
    for (const person of people) {
      const began = performance.now()
      const { code, stderr } = await recstream(['forget', person, ...argumentsOf(run), '--json'], dist).ended
      const ms = performance.now() - began
      if (code !== 0) differences.push(`forget ended with ${code}: ${stderr.slice(-400)}`)
      if (ms > forgottenMs) differences.push(`forgotten after ${Math.round(ms)} ms`)
    }
    command.child.kill('SIGTERM')
    await command.ended
  } finally {
    killAll(command)
  }
  const ids = people.flatMap(person => [person, cookieOf(person)])
  const found = (when: string, data: string, outcome: Outcome) =>
    differences.push(
      ...ids.flatMap(id => placesOf(id, data, outcome).map(place => `${when}: ${id} in ${place}`)),
      ...people.flatMap(person => placesOf(`narnia-of-${person}`, data, outcome)).map(place => `a profile in ${place}`),
    )
  const outcome = await outcomeOf(run, await begin(run).ended)
  found('after a restart', run.data, outcome)
  withKey(scene, run)
  const again = await builtAgain(scene, run)
  found('built again', where.kafka ? join(scene.folder, 'again') : run.data, again)
  // Tombstones on the profiles' topic may wait for the next event, which never comes.
  const others = otherRowsOfRebuilt(outcome, again).filter(
    line => !(where.kafka && line.startsWith('rebuilt: table offsets')),
  )
  return [...differences, ...others]
}

export const forget: Row = {
  name: 'forget',
  what: 'people forgotten while ingest and learner work, then a restart, and all built again from the log',
  wanted: 20,
  slice: ['test/ingest/forget/forget-people.test.ts'],
  needs: 'kafka',
  trials: repeated(10, number => ({
    name: `${number}: ${inWords(placeOf(number))}`,
    count: peopleATrial,
    async run(scene): Promise<Tried> {
      const differences = await forgetTwo(scene, placeOf(number), number)
      return { tried: peopleATrial, held: differences.length === 0 ? peopleATrial : 0, differences }
    },
  })),
}
