import { CompressionTypes, Kafka, logLevel } from 'kafkajs'
import type { Log, OutgoingRecord } from '../../../../src/log/log.ts'
import type { BehaviourEvent } from '../../../../src/records/definition.ts'
import { topicSpecs, topicsOf } from '../../../../src/records/topics.ts'
import { readGenerated } from '../../../../src/sources/generated.ts'
import { recstream } from '../../../promises/command.ts'
import { type Contents, differences } from '../../../promises/contents.ts'
import { type EncodingName, encoders, encodings, startRegistry } from '../../../promises/encodings.ts'
import { escapes, meantBadly, obeyed, plainIdsOf, plainly, renamed, titled } from '../../../promises/hostile.ts'
import { good, monsters, moreMonsters, time } from '../../../promises/monsters.ts'
import { ownPipeline } from '../../../promises/own-pipeline.ts'
import { choose, seeded } from '../../../promises/random.ts'
import { comparable, type Outcome, openLogOf, outcomeOf, type Run, startArguments } from '../../../promises/twins.ts'
import type { Row, Tried } from '../row.ts'
import type { Scene } from '../scene.ts'

const eventCount = 200_000
const world = `events=${eventCount},users=2000,items=500`
const poisonShare = 0.01
const batch = 2_000
/** Larger ones come a few times, packed where the log takes only 1 MB. */
const largest = 900_000
/** More than a reader unpacks of one batch. */
const unpacked = 270 * 2 ** 20

type Poison = Pick<OutgoingRecord, 'key' | 'value'> & { timestamp?: number }

const allMonsters: readonly Poison[] = [
  ...monsters
    // What repeats an event of those tests repeats none here.
    .filter(([name]) => !/that was there|repeat/.test(name))
    .map(([, { key = 'u1', value }]) => ({ key, value })),
  ...moreMonsters.map(([, value]) => ({ key: 'u1', value })),
]
const isLarge = ({ value }: Poison) => (value?.length ?? 0) > largest
const large = allMonsters.filter(isLarge)

/** What is bad in any encoding, and what is bad in this one. */
function poisonsIn(encoding: EncodingName): Poison[] {
  const encoder = encoders[encoding]
  const event: BehaviourEvent = { ...good(930), properties: {}, recommendationId: null }
  const whole = encoder.event(event)
  const own = (changes: Partial<BehaviourEvent>) => encoder.event({ ...event, ...changes })
  return [
    ...allMonsters.filter(poison => !isLarge(poison)),
    { key: 'u1', value: whole.subarray(0, -1) },
    { key: 'u1', value: Buffer.concat([Buffer.from('0000bc614e', 'hex'), whole]) },
    { key: escapes, value: own({ userId: escapes, behaviour: escapes }) },
    { key: 'u1', value: own({ value: 7 }) },
    ...[4_102_444_800_000, Date.UTC(9999, 0, 1)].map(timestamp => ({ key: 'u1', value: whole, timestamp })),
  ]
}
/** The same in every encoding, and the large ones. */
const kinds = poisonsIn('JSON').length + large.length

interface How {
  encoding: EncodingName
  kafka: boolean
  hostile: boolean
}

/** Write made-up viewers, with poison between them where they are hostile; the values of the poison. */
async function write(log: Log, { name, brokers }: Run, { encoding, hostile }: How): Promise<string[]> {
  const topics = topicsOf(name)
  const encoder = encoders[encoding]
  const { items, profiles, events } = readGenerated(world)
  const producer = await log.producer(`${name}.outside`)
  await log.ensureTopics(topicSpecs(name, 1))
  const written: string[] = []
  const note = ({ value }: Poison) => written.push(value?.toString('base64') ?? 'null')
  let part: OutgoingRecord[] = []
  let topic = topics.items
  const flush = async () => {
    if (part.length > 0) await producer.append(topic, part)
    part = []
  }
  const send = async (record: OutgoingRecord) => {
    part.push(record)
    if (part.length >= batch) await flush()
  }
  const timestamp = Date.UTC(2023, 0, 1)
  for await (const item of items()) {
    await send({ key: item.itemId, value: encoder.item(titled(item, hostile)), timestamp })
  }
  await flush()
  topic = topics.userProfiles
  let people = 0
  for await (const each of profiles()) {
    const user = renamed(each)
    await send({ key: user.userId, value: encoder.profile(user), timestamp })
    if (!hostile || people++ % 100 !== 0) continue
    const stranger = `from-the-future-${people}`
    const value = encoder.profile({ userId: stranger, attributes: {} })
    note({ key: stranger, value })
    await send({ key: stranger, value, timestamp: Date.UTC(9999, 0, 1) })
  }
  await flush()
  topic = topics.behaviourEvents
  const random = seeded(1)
  const poisons = poisonsIn(encoding)
  let sent = 0
  for (const { value, timestamp } of meantBadly(events() as Iterable<BehaviourEvent>, hostile)) {
    const event = renamed(value)
    await send({ key: event.userId, value: encoder.event(event), timestamp })
    sent += 1
    if (!hostile) continue
    if (random() < poisonShare) {
      const poison = choose(poisons, random)
      note(poison)
      await send({ timestamp: event.time, ...poison })
    }
    if (sent % (eventCount / 4) !== 0) continue
    await flush()
    for (const poison of large) {
      note(poison)
      if (brokers === undefined) await producer.append(topic, [{ ...poison, timestamp: event.time }])
      else await sendPacked(brokers, topic, poison)
    }
    if (brokers !== undefined && sent === eventCount / 2) {
      await sendPacked(brokers, topic, { key: 'u1', value: Buffer.alloc(unpacked, 0x20) })
    }
  }
  await flush()
  await producer.close()
  await log.close()
  return written
}

async function sendPacked(brokers: readonly string[], topic: string, { key, value }: Poison): Promise<void> {
  const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer()
  await producer.connect()
  const messages = [{ key: key as string | null, value, timestamp: String(time) }]
  await producer.send({ topic, messages, compression: CompressionTypes.GZIP })
  await producer.disconnect()
}

interface Made {
  run: Run
  outcome: Outcome
  written: string[]
  stderr: string
}

async function made(scene: Pick<Scene, 'dist' | 'name' | 'brokers'>, folder: string, how: How): Promise<Made> {
  const name = scene.name('poison')
  const run: Run = {
    ...{ name, pipeline: ownPipeline(folder, name, 'generated', scene.dist), dist: scene.dist },
    ...{ data: `${folder}/${name}`, settings: ['recommend.everyMs=600000', 'learn.batchesPerStep=1'] },
    ...(how.kafka ? { brokers: await scene.brokers() } : {}),
  }
  const written = await write(await openLogOf(run), run, how)
  const registry = await startRegistry()
  try {
    const args = [...startArguments(run), '--registry', registry.url]
    const ended = await recstream(args, { dist: scene.dist }).ended
    return { run, outcome: await outcomeOf(run, ended), written, stderr: ended.stderr }
  } finally {
    registry.close()
  }
}

/** What is not about dead letters. */
function theRest(outcome: Outcome, plainIds: ReadonlyMap<string, string>): Contents {
  const { name } = outcome
  const rest = Object.entries(comparable(outcome)).filter(([table]) => !table.includes('dead'))
  return Object.fromEntries(
    rest.map(([table, rows]) => [table, plainly(rows, plainIds).map(row => row.replaceAll(name, 'pipeline'))]),
  )
}

/** Bytes of each dead letter; a batch that nobody unpacked is none of those that were written one by one. */
function letters({ contents }: Outcome): { bytes: string[]; unreadable: number } {
  const all = contents['topic dead-letters']!.map(line => JSON.parse(line) as [string, string, string | null])
  const single = all.filter(([, reason]) => reason !== 'unreadable')
  return { bytes: single.map(([, , bytes]) => bytes ?? 'null').sort(), unreadable: all.length - single.length }
}

/** What people look at afterwards holds nothing that their terminal would obey. */
async function obeyedBy({ run, stderr }: Made): Promise<string[]> {
  const at = ['--data', run.data, '-p', run.pipeline]
  const brokers = run.brokers === undefined ? [] : ['--brokers', run.brokers.join(',')]
  const asked = [
    ['sql', 'select event_id, user_id from events where sequence < 2000', '--data', run.data, '-p', run.name],
    ['sql', 'select * from items', '--csv', '--data', run.data, '-p', run.name],
    ['explain', `${escapes}u7`, ...at, ...brokers],
    ['dead-letters', 'list', ...at, ...brokers],
    ['doctor', ...at, ...brokers],
  ]
  const said = [stderr]
  for (const words of asked) {
    const ended = await recstream(words, { dist: run.dist! }).ended
    said.push(ended.stdout + ended.stderr)
  }
  return said.flatMap((text, k) => {
    const found = obeyed.exec(text)
    if (found === null) return []
    return [`${asked[k - 1]?.[0] ?? 'start'} says ${JSON.stringify(text.slice(found.index - 40, found.index + 40))}`]
  })
}

export const poison: Row = {
  name: 'poison',
  what: `${kinds} kinds of bad records at 1% of ${eventCount.toLocaleString('en')} events, and well-formed ones that are meant badly, on both logs, in ${encodings.join(', ')}`,
  wanted: 2 * encodings.length * kinds,
  slice: ['test/promises/bad-input.test.ts', 'test/ingest/collect/fuzz.test.ts', 'test/ingest/collect/collect.test.ts'],
  needs: 'kafka',
  trials: [false, true].flatMap(kafka =>
    encodings.map(encoding => ({
      name: `${kafka ? 'Kafka' : 'embedded'}, ${encoding}`,
      count: kinds,
      async run(scene: Scene): Promise<Tried> {
        const { plainIds, twin } = await scene.once('clean viewers', async folder => {
          const clean = await made(scene, folder, { encoding: 'JSON', kafka: false, hostile: false })
          const plainIds = plainIdsOf(() => readGenerated(world).events() as Iterable<BehaviourEvent>)
          return { plainIds, twin: theRest(clean.outcome, plainIds) }
        })
        const hostile = await made(scene, scene.folder, { encoding, kafka, hostile: true })
        const { bytes, unreadable } = letters(hostile.outcome)
        const found = [
          ...differences(twin, theRest(hostile.outcome, plainIds)),
          ...differences({ 'dead letters': hostile.written.sort() }, { 'dead letters': bytes }),
          ...(unreadable === (kafka ? 1 : 0) ? [] : [`${unreadable} dead letters of a batch`]),
          ...(await obeyedBy(hostile)),
        ]
        return { tried: kinds, held: found.length === 0 ? kinds : 0, differences: found }
      },
    })),
  ),
}
