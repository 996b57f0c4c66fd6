import { join } from 'node:path'
import { encodeEvent, encodeItem, encodeProfile } from '../../../../src/codec/input.ts'
import type { Log, OutgoingRecord } from '../../../../src/log/log.ts'
import { topicSpecs, topicsOf } from '../../../../src/records/topics.ts'
import { readGenerated } from '../../../../src/sources/generated.ts'
import { type Contents, differences } from '../../../promises/contents.ts'
import { monsters, moreMonsters } from '../../../promises/monsters.ts'
import { ownPipeline } from '../../../promises/own-pipeline.ts'
import { choose, seeded } from '../../../promises/random.ts'
import { type Outcome, openLogOf, type Run, undisturbed } from '../../../promises/twins.ts'
import type { Row, Tried } from '../row.ts'
import type { Scene } from '../scene.ts'

const events = 200_000
const poisonShare = 0.01
const batch = 2_000
/** A record on either log takes 1 MB as a rule. */
const largest = 900_000

const poisons = [
  ...monsters.map(([name, sent]) => ({ name, ...sent })),
  ...moreMonsters.map(([name, value]) => ({ name, value })),
]
  .map(({ name, value, ...rest }) => ({ name, key: 'key' in rest ? rest.key : 'u1', value }))
  .filter(({ value }) => (value?.length ?? 0) < largest)
  // What repeats an event of those tests repeats none here.
  .filter(({ name }) => !/that was there|repeat/.test(name))

interface How {
  encoding: 'json' | 'avro'
  kafka: boolean
  poisoned: boolean
}

/** Write made-up viewers, with poison between them where it is asked for; the values of the poison. */
async function write(log: Log, name: string, { encoding, poisoned }: How): Promise<string[]> {
  const topics = topicsOf(name)
  const world = readGenerated(`events=${events},users=2000,items=500`)
  const producer = await log.producer(`${name}.outside`)
  await log.ensureTopics(topicSpecs(name, 1))
  const append = async (topic: string, records: AsyncIterable<OutgoingRecord>) => {
    let part: OutgoingRecord[] = []
    for await (const record of records) {
      part.push(record)
      if (part.length < batch) continue
      await producer.append(topic, part)
      part = []
    }
    if (part.length > 0) await producer.append(topic, part)
  }
  const timestamp = Date.UTC(2023, 0, 1)
  async function* things(): AsyncGenerator<OutgoingRecord> {
    for await (const item of world.items()) yield { key: item.itemId, value: encodeItem(item, encoding), timestamp }
  }
  async function* people(): AsyncGenerator<OutgoingRecord> {
    for await (const user of world.profiles())
      yield { key: user.userId, value: encodeProfile(user, encoding), timestamp }
  }
  await append(topics.items, things())
  await append(topics.userProfiles, people())
  const random = seeded(1)
  const written: string[] = []
  async function* mixed(): AsyncGenerator<OutgoingRecord> {
    for await (const event of world.events()) {
      yield { key: event.userId, value: encodeEvent(event, encoding), timestamp: event.time }
      if (!poisoned || random() >= poisonShare) continue
      const { key, value } = choose(poisons, random)
      written.push(value?.toString('base64') ?? 'null')
      yield { key, value, timestamp: event.time }
    }
  }
  await append(topics.behaviourEvents, mixed())
  await producer.close()
  await log.close()
  return written
}

async function made(scene: Scene, how: How): Promise<{ outcome: Outcome; written: string[] }> {
  const name = scene.name('poison')
  const run: Run = {
    ...{ name, pipeline: ownPipeline(scene.folder, name, 'generated', scene.dist), dist: scene.dist },
    ...{ data: join(scene.folder, name), settings: ['recommend.everyMs=600000'] },
    ...(how.kafka ? { brokers: await scene.brokers() } : {}),
  }
  const written = await write(await openLogOf(run), name, how)
  return { outcome: await undisturbed(run), written }
}

/** What is not about dead letters. */
function theRest({ name, contentsWithoutOffsets }: Outcome): Contents {
  const rest = Object.entries(contentsWithoutOffsets).filter(([table]) => !table.includes('dead'))
  return Object.fromEntries(rest.map(([table, rows]) => [table, rows.map(row => row.replaceAll(name, 'pipeline'))]))
}

export const poison: Row = {
  name: 'poison',
  what: `${poisons.length} kinds of bad records at 1% of ${events.toLocaleString('en')} events, on both logs, in JSON and Avro`,
  wanted: 4 * poisons.length,
  slice: ['test/promises/bad-input.test.ts', 'test/ingest/collect/fuzz.test.ts', 'test/ingest/collect/collect.test.ts'],
  needs: 'kafka',
  trials: [false, true].flatMap(kafka =>
    (['json', 'avro'] as const).map(encoding => ({
      name: `${kafka ? 'Kafka' : 'embedded'}, ${encoding}`,
      count: poisons.length,
      async run(scene: Scene): Promise<Tried> {
        const clean = await made(scene, { encoding, kafka: false, poisoned: false })
        const { outcome, written } = await made(scene, { encoding, kafka, poisoned: true })
        const letters = outcome.contents['topic dead-letters']!.map(line => JSON.parse(line)[2] ?? 'null')
        const found = [
          ...differences(theRest(clean.outcome), theRest(outcome)),
          ...differences({ 'dead letters': written }, { 'dead letters': letters }),
        ]
        return { tried: poisons.length, held: found.length === 0 ? poisons.length : 0, differences: found }
      },
    })),
  ),
}
