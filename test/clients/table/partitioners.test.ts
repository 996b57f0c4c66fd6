import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Kafka } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningBroker, startBroker } from '../../../src/log/kafka/broker.ts'
import { type Command, recstream, root, until } from '../../promises/command.ts'
import { clients } from './clients.ts'
import { consoleProducer } from './install.ts'
import { run } from './run.ts'

// `npm run test:clients`: profiles and events of the same users from clients that place keys by different rules, against a real
// broker and running pipelines. It prints the tables of docs/guide/clients.md.

const partitions = 8
const usersOfPair = 200

interface Sender {
  name: string
  rule: 'murmur2' | 'CRC32' | 'FNV-1a'
  /** Null where it cannot be had here. */
  send: ((topic: string, records: readonly { key: string; value: object }[]) => Promise<void>) | null
}

const wanted = [
  { name: 'Java console producer', rule: 'murmur2' },
  { name: 'confluent-kafka', rule: 'CRC32', client: 'Python, confluent-kafka', partitioner: 'default' },
  { name: 'confluent-kafka, murmur2_random', rule: 'murmur2', client: 'Python, confluent-kafka', partitioner: 'java' },
  { name: 'franz-go', rule: 'murmur2', client: 'Go, franz-go', partitioner: 'default' },
  { name: 'kafkajs', rule: 'murmur2', client: 'JavaScript, kafkajs', partitioner: 'default' },
  { name: 'sarama', rule: 'FNV-1a', client: 'Go, sarama', partitioner: 'default' },
] as const

let folder: string
let broker: RunningBroker
const senders: Sender[] = []
const pairs = wanted.flatMap((one, k) => wanted.slice(k + 1).map(other => [one.name, other.name] as const))
const joined = new Map<string, string>()
const told = new Map<string, string>()

beforeAll(async () => {
  folder = mkdtempSync(join(root, '.crash-'))
  const movielens = pathToFileURL(join(root, 'dist', 'pipelines', 'movielens', 'index.js')).href
  const module = (name: string) => `import like from '${movielens}'\nexport default { ...like, name: '${name}' }\n`
  for (const name of ['each', 'added', ...pairs.map((_, k) => `pair-${k}`)])
    writeFileSync(join(folder, `${name}.mjs`), module(name))
  broker = await startBroker({ folder: join(folder, 'kafka'), onLine: line => console.log(line) })
  for (const one of wanted) {
    try {
      const send = 'client' in one ? await sendingWith(one) : await sendingByConsole()
      senders.push({ name: one.name, rule: one.rule, send })
    } catch (error) {
      console.error(`SKIPPED ${one.name}: ${error}`)
      senders.push({ name: one.name, rule: one.rule, send: null })
    }
  }
})

afterAll(async () => {
  await broker?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function sendingByConsole(): Promise<Sender['send']> {
  const words = await consoleProducer()
  const keyed = ['--reader-property', 'parse.key=true', '--reader-property', 'key.separator=|']
  return async (topic, records) => {
    const lines = records.map(({ key, value }) => `${key}|${JSON.stringify(value)}\n`).join('')
    const to = ['--bootstrap-server', broker.brokers[0]!, '--topic', topic]
    const { code, stdout, stderr } = await run([...words, ...to, ...keyed], lines)
    // It ends with 0 also where records were not taken, and then says so.
    if (code !== 0 || /error/i.test(stdout + stderr)) throw new Error(stdout + stderr)
  }
}

async function sendingWith({ client, partitioner }: { client: string; partitioner: string }): Promise<Sender['send']> {
  const words = await clients.find(({ name }) => name === client)!.install()
  const file = join(folder, 'to-send.jsonl')
  return async (topic, records) => {
    const timestamp = Date.now()
    const lines = records.map(({ key, value }) => {
      const base64 = Buffer.from(JSON.stringify(value)).toString('base64')
      return `${JSON.stringify({ key, value: base64, timestamp })}\n`
    })
    writeFileSync(file, lines.join(''))
    const { code, stderr } = await run([...words, 'send', broker.brokers[0]!, topic, 'none', partitioner, file])
    if (code !== 0) throw new Error(stderr)
  }
}

const data = () => join(folder, 'data')

/** Runs a pipeline while `body` runs. */
async function running(name: string, partitionsThen: number, body: () => Promise<void>): Promise<void> {
  const settings = ['--set', `partitions=${partitionsThen}`, '--set', 'encoding=json']
  const words = ['--no-import', '--brokers', broker.brokers.join(','), '--data', data(), ...settings]
  const pipeline: Command = recstream(['start', join(folder, `${name}.mjs`), ...words])
  try {
    await until(`${name} to be ready`, () => /ready/i.test(pipeline.said()), 120_000)
    await body()
  } finally {
    pipeline.child.kill('SIGTERM')
    await pipeline.ended
  }
}

async function sql<Row>(name: string, query: string): Promise<Row[]> {
  const words = ['sql', query, '--pipeline', name, '--data', data(), '--json', '--max-rows', '100000']
  const { code, stdout, stderr } = await recstream(words).ended
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Row[]
}

/** Waits until every event sent is kept or refused. */
async function arrived(name: string, events: number): Promise<void> {
  const query = 'select (select count(*) from events) + (select count(*) from dead_letters) as count'
  await until(
    `${events} events`,
    async () => Number((await sql<{ count: number }>(name, query))[0]!.count) >= events,
    120_000,
  )
}

/** What the doctor says of partitions; the time in it is that of the run. */
async function doctor(name: string): Promise<{ message: string }[]> {
  const { stdout } = await recstream(['doctor', '--pipeline', name, '--data', data(), '--json']).ended
  const { findings } = JSON.parse(stdout) as { findings: { check: string; state: string; message: string }[] }
  return findings
    .filter(({ message }) => message.includes('more than one partition'))
    .map(one => ({ ...one, message: one.message.replace(/\d{4}-\d\d-\d\dT\S+Z/, '<time>') }))
}

const events = (users: readonly string[], from: string) => {
  const time = Date.now()
  return users.map((userId, k) => ({
    key: userId,
    value: {
      eventId: `${from}/${userId}`,
      userId,
      itemId: `item-${k % 50}`,
      behaviour: 'rate',
      time,
      value: 1 + (k % 5),
    },
  }))
}
const profiles = (users: readonly string[]) =>
  users.map(userId => ({ key: userId, value: { userId, attributes: { age: '25-34' } } }))
const usersOf = (profile: string, event: string) =>
  Array.from({ length: usersOfPair }, (_, k) => `user-${k} of ${profile} and ${event}`)

test('profiles of one client are joined to events of each other', async () => {
  const here = senders.filter(({ send }) => send !== null)
  await running('each', partitions, async () => {
    for (const { name, send } of here) {
      const users = here.filter(other => other.name !== name).flatMap(other => usersOf(name, other.name))
      await send!('each.user-profiles', profiles(users))
    }
    for (const { name, send } of here) {
      const users = here.filter(other => other.name !== name).flatMap(other => usersOf(other.name, name))
      await send!('each.behaviour-events', events(users, name))
    }
    const all = here.length * (here.length - 1) * usersOfPair
    await arrived('each', all)
    const found = await sql<{ pair: string; events: number; ids: number; known: number }>(
      'each',
      `select split_part(user_id, ' of ', 2) as pair, count(*) as events, count(distinct event_id) as ids,
         count(*) filter (user_known) as known from events group by all`,
    )
    for (const profile of here) {
      for (const event of here.filter(other => other !== profile)) {
        const pair = `${profile.name} and ${event.name}`
        const row = found.find(each => each.pair === pair)
        joined.set(pair, `${Number(row?.known ?? 0)}`)
        expect.soft(row, pair).toEqual({ pair, events: usersOfPair, ids: usersOfPair, known: usersOfPair })
      }
    }
    expect(await sql('each', 'select reason, count(*) as count from dead_letters group by all')).toEqual([])
    // Whole users are placed by another rule than the profiles', and nobody lies on two partitions: nothing to tell.
    expect(await doctor('each')).toEqual([])
  })
})

const librdkafka =
  "librdkafka (confluent-kafka, node-rdkafka, rust-rdkafka): set partitioner=murmur2_random, which is Java's."
const sarama =
  "sarama: set config.Producer.Partitioner = sarama.NewMurmur2Partitioner, which is Java's; kafka-go: Balancer: kafka.Murmur2Balancer{}."

/** What is told of user-0 to user-199 on 8 partitions by the rules of two clients, and what mends it. */
const words: Record<string, { message: string; advice: string }> = {
  'murmur2 and CRC32': {
    message:
      'Events of 185 of 200 users lie on more than one partition of behaviour-events in the newest week, such as those of "user-0" on 2 and 3, so their order is only that of arrival. The last of them changed partition after <time>. Producers place keys by different rules: 50% by murmur2 (Java, kafkajs, kafka-python, franz-go), 50% by CRC32 (librdkafka).',
    advice: librdkafka,
  },
  'murmur2 and FNV-1a': {
    message:
      'Events of 172 of 200 users lie on more than one partition of behaviour-events in the newest week, such as those of "user-0" on 1 and 3, so their order is only that of arrival. The last of them changed partition after <time>. Producers place keys by different rules: 50% by murmur2 (Java, kafkajs, kafka-python, franz-go), 50% by FNV-1a (sarama).',
    advice: sarama,
  },
  'CRC32 and FNV-1a': {
    message:
      'Events of 172 of 200 users lie on more than one partition of behaviour-events in the newest week, such as those of "user-0" on 1 and 2, so their order is only that of arrival. The last of them changed partition after <time>. Producers place keys by different rules: 50% by CRC32 (librdkafka), 50% by FNV-1a (sarama).',
    advice: `${librdkafka}\n${sarama}`,
  },
}

describe('events of the same users', () => {
  test.each(pairs.map(([one, other], k) => ({ one, other, name: `pair-${k}` })))(
    'from $one and $other: each is kept once and joined; where they place users differently it is told',
    async ({ one, other, name }) => {
      const [first, second] = [one, other].map(each => senders.find(sender => sender.name === each)!) as [
        Sender,
        Sender,
      ]
      if (first.send === null || second.send === null) return
      const users = Array.from({ length: usersOfPair }, (_, k) => `user-${k}`)
      await running(name, partitions, async () => {
        const topic = `${name}.behaviour-events`
        await first.send!(`${name}.user-profiles`, profiles(users))
        const repeated = events(users, one)
        await first.send!(topic, repeated)
        await second.send!(topic, events(users, other))
        // Between partitions the order is that of arrival: whichever of two copies came first would be kept.
        await arrived(name, 2 * usersOfPair)
        await second.send!(topic, repeated)
        await arrived(name, 3 * usersOfPair)
        const rows = await sql<{ events: number; ids: number; known: number; letters: string }>(
          name,
          `select count(*) as events, count(distinct event_id) as ids, count(*) filter (user_known) as known,
             (select string_agg(distinct reason) || count(*) from dead_letters) as letters from events`,
        )
        const kept = 2 * usersOfPair
        expect(rows).toEqual([{ events: kept, ids: kept, known: kept, letters: `duplicate-id${usersOfPair}` }])

        const found = await doctor(name)
        told.set(`${one} and ${other}`, found.length === 0 ? '–' : /^Events of (\d+)/.exec(found[0]!.message)![1]!)
        const rules = (['murmur2', 'CRC32', 'FNV-1a'] as const).filter(rule => [first.rule, second.rule].includes(rule))
        const expected = words[rules.join(' and ')]
        expect(found).toEqual(expected === undefined ? [] : [{ check: name, state: 'warning', ...expected }])
      })
    },
  )
})

test('that partitions were added is told as that', async () => {
  const { send } = senders.find(({ name }) => name === 'franz-go')!
  if (send === null) return
  const users = Array.from({ length: usersOfPair }, (_, k) => `user-${k}`)
  await running('added', 4, async () => {
    await send('added.behaviour-events', events(users, 'before'))
    await arrived('added', usersOfPair)
    const admin = new Kafka({ brokers: broker.brokers }).admin()
    await admin.connect()
    await admin.createPartitions({ topicPartitions: [{ topic: 'added.behaviour-events', count: partitions }] })
    await admin.disconnect()
    await send('added.behaviour-events', events(users, 'after'))
    await arrived('added', 2 * usersOfPair)
    const [found, ...more] = await doctor('added')
    expect(more).toEqual([])
    expect(found).toEqual({
      check: 'added',
      state: 'ok',
      message:
        'Events of 96 of 200 users lie on more than one partition of behaviour-events in the newest week, such as those of "user-1" on 0 and 4, so their order is only that of arrival. The last of them changed partition after <time>. Nothing is wrong: users moved when 4 partitions became 8; keys go by murmur2 (Java, kafkajs, kafka-python, franz-go).',
    })
    told.set('added', found!.message)
  })
})

afterAll(() => {
  console.log(`Events joined, of ${usersOfPair}; a row by who sent the profiles, a column by who sent the events.\n`)
  print((profile, event) => joined.get(`${profile} and ${event}`) ?? '–')
  console.log(`Users of whom the doctor tells, of ${usersOfPair}, where both sent events of each.\n`)
  print((one, other) => told.get(`${one} and ${other}`) ?? told.get(`${other} and ${one}`) ?? '')
  console.log(told.get('added') ?? 'Partitions added: not tried')
})

function print(cell: (row: string, column: string) => string): void {
  const names = wanted.map(({ name }) => name)
  const lines = names.map(
    row => `| ${row} | ${names.map(column => (row === column ? '' : cell(row, column))).join(' | ')} |`,
  )
  console.log(`${[`| | ${names.join(' | ')} |`, `|---${'|---'.repeat(names.length)}|`, ...lines].join('\n')}\n`)
}
