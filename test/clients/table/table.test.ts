import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningBroker, startBroker } from '../../../src/log/kafka/broker.ts'
import { partitioners } from '../../../src/log/partitioners.ts'
import { type Command, recstream, root, until } from '../../promises/command.ts'
import { runPageClient } from '../page-client.ts'
import { encoderOf } from '../producer.ts'
import { abortTransaction } from './abort-transaction.ts'
import { type Client, type Codec, clients, codecs } from './clients.ts'
import { run } from './run.ts'
import { type Batch, batchesOf } from './segments.ts'

// `npm run test:clients`: everybody's clients, in every codec they have, against a real broker and a running pipeline. It
// prints the table of docs/guide/clients.md.

const name = 'clients'
const partitions = 12
const keys = 1_000
const firstTime = Date.UTC(2026, 0, 5)
const event = { json: encoderOf('behaviour-event', 'json'), avro: encoderOf('behaviour-event', 'avro') }

interface Sending {
  client: Client
  codec: Codec
  partitioner: 'default' | 'java'
  failure: string | null
}

interface Kept {
  event_id: string
  source_partition: number
  source_offset: number
  user_id: string
  item_id: string
  time: number
  value: number
}

const installed = new Map<Client, string[]>()
const missing = new Map<Client, string>()
const sendings: Sending[] = []
const reads = new Map<Client, { lists: number; aborted: number; markers: number }>()
let folder: string
let broker: RunningBroker
let pipeline: Command
let kept: Map<string, Kept[]>
let batches: Batch[]
let sequences: number[]

beforeAll(async () => {
  folder = mkdtempSync(join(root, '.crash-'))
  for (const client of clients) {
    try {
      installed.set(client, await client.install())
    } catch (error) {
      missing.set(client, String(error))
      console.error(`SKIPPED ${client.name} ${client.version}: ${error}`)
    }
  }
  broker = await startBroker({ folder: join(folder, 'kafka'), onLine: line => console.log(line) })
  const movielens = pathToFileURL(join(root, 'dist', 'pipelines', 'movielens', 'index.js')).href
  // A list a day, so that each user has one, and nobody in particular.
  const module = `import like from '${movielens}'
export default { ...like, name: '${name}', recommend: { ...like.recommend, everyMs: 86_400_000 } }
`
  writeFileSync(join(folder, 'clients.mjs'), module)
  const settings = ['--set', `partitions=${partitions}`, '--set', 'encoding=json']
  pipeline = recstream(['start', join(folder, 'clients.mjs'), '--no-import', ...connection(), ...settings])
  await until('the pipeline to be ready', () => /ready/i.test(pipeline.said()), 120_000)
})

afterAll(async () => {
  pipeline?.child.kill('SIGTERM')
  await pipeline?.ended
  await broker?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const connection = () => ['--brokers', broker.brokers.join(','), '--data', join(folder, 'data')]
const idOf = ({ client, codec, partitioner }: Sending) => `${client.name}/${codec}/${partitioner}`

// zstd comes last: where it cannot be unpacked, nothing after it is read.
const ways = clients
  .flatMap(client => [
    ...client.codecs.map(codec => ({ client, codec, partitioner: 'default' as const })),
    ...(client.java ? [{ client, codec: 'none' as const, partitioner: 'java' as const }] : []),
  ])
  .toSorted((a, b) => Number(a.codec === 'zstd') - Number(b.codec === 'zstd'))

test.each(ways)('$client.name sends in $codec by its $partitioner partitioner', async way => {
  const words = installed.get(way.client)
  if (words === undefined) return
  const sending: Sending = { ...way, failure: null }
  sendings.push(sending)
  const file = join(folder, 'to-send.jsonl')
  writeFileSync(file, eventsOf(sending).map(recordOf).join(''))
  const topic = `${name}.behaviour-events`
  const { code, stderr } = await run([...words, 'send', broker.brokers[0]!, topic, way.codec, way.partitioner, file])
  if (code !== 0) sending.failure = stderr
  expect(code, stderr).toBe(0)
})

describe('kept', () => {
  beforeAll(async () => {
    const wanted = sendings.filter(({ failure }) => failure === null).length * keys
    let last = -1
    let since = performance.now()
    await until(
      `${wanted} events`,
      async () => {
        const [{ count }] = (await sql(
          'select (select count(*) from events) + (select count(*) from dead_letters) as count',
        )) as [{ count: number }]
        if (count !== last) since = performance.now()
        last = count
        return count >= wanted || performance.now() - since > 30_000
      },
      300_000,
    )
    const rows = (await sql(
      'select event_id, source_partition, source_offset, user_id, item_id, epoch_ms(time) as time, value from events',
    )) as Kept[]
    kept = new Map()
    for (const row of rows) {
      const sending = row.event_id.slice(0, row.event_id.lastIndexOf('/'))
      kept.set(sending, [...(kept.get(sending) ?? []), row])
    }
    batches = batchesOf(`${name}.behaviour-events`, join(folder, 'kafka', 'data'))
  })

  test('every event as it was sent, once', () => {
    for (const sending of sendings.filter(({ failure }) => failure === null)) {
      const rows = kept.get(idOf(sending)) ?? []
      const got = new Map(rows.map(row => [row.event_id, row]))
      const wrong = eventsOf(sending).filter(({ eventId, userId, itemId, time, value }) => {
        const row = got.get(eventId)
        return row?.user_id !== userId || row.item_id !== itemId || row.time !== time || row.value !== value
      })
      expect.soft([rows.length, wrong.length], idOf(sending)).toEqual([keys, 0])
    }
  })

  test('the codec that was asked for is the one on disk, but for batches that it would have made larger', () => {
    for (const sending of sendings.filter(({ failure }) => failure === null)) {
      const packed = batchesFor(sending).map(({ codec }) => codec)
      const asked = packed.filter(codec => codec !== 'none' || sending.codec === 'none')
      expect.soft(new Set(asked), idOf(sending)).toEqual(new Set([sending.codec]))
    }
  })

  test('with the setting for it, Java’s partitions', () => {
    for (const sending of sendings.filter(({ client, partitioner }) => partitioner === 'java' || client.java === null))
      expect.soft(partitionerOf(sending), idOf(sending)).toBe('murmur2, as Java')
  })
})

describe('read', () => {
  beforeAll(async () => {
    pipeline.child.kill('SIGTERM')
    await pipeline.ended
    await abortTransaction(broker.brokers, `${name}.recommendations`, partitions)
    // Two lists may follow the same event: its user's, and that for nobody in particular.
    const lists = 'select sequence from recommendations group by recommendation_id, sequence order by sequence'
    sequences = ((await sql(lists)) as { sequence: number }[]).map(row => Number(row.sequence))
  })

  test.each([
    { language: 'python', client: 'Python, confluent-kafka', list: /^\{/gm },
    { language: 'js', client: 'JavaScript, kafkajs', list: /^(?:user-\d+)? \[/gm },
  ] as const)('the $language client of the page reads each list once', async ({ language, client, list }) => {
    const words = installed.get(clients.find(one => one.name === client)!)
    if (words === undefined) return
    const [program, file] = words
    const printed = await runPageClient({
      language,
      command: language === 'python' ? [program!, '-u'] : [program!],
      folder: language === 'python' ? folder : dirname(file!),
      broker: broker.brokers[0]!,
      pipeline: name,
      list,
      lists: sequences.length,
      timeoutMs: 300_000,
    })
    expect(printed.match(list)?.length).toBe(sequences.length)
  })

  test.each(clients)('$name reads each committed list in a group', async client => {
    const words = installed.get(client)
    if (words === undefined) return
    const group = `readers-${clients.indexOf(client)}`
    const topic = `${name}.recommendations`
    const { code, stdout, stderr } = await run([
      ...words,
      'read',
      broker.brokers[0]!,
      topic,
      group,
      String(sequences.length),
    ])
    expect(code, stderr).toBe(0)
    const headers = stdout
      .trim()
      .split('\n')
      .map(line => line.split(' ')[2]!)
    const aborted = headers.filter(header => header === '-1')
    const markers = headers.filter(header => header === 'none')
    const lists = headers.filter(header => header !== '-1' && header !== 'none').map(Number)
    reads.set(client, { lists: lists.length, aborted: aborted.length, markers: markers.length })
    expect(lists.toSorted((a, b) => a - b)).toEqual(sequences)
    expect([aborted.length, markers.length > 0]).toEqual(client.handsOverAll ? [partitions, true] : [0, false])
  })
})

afterAll(() => {
  console.log(
    `Sent each time: ${keys} events, half of them JSON, half Avro. Lists: ${sequences?.length}, and one aborted in each partition.\n`,
  )
  console.log(`| Client | ${codecs.join(' | ')} | Idempotent | The key’s partition | Lists read |`)
  console.log('|---|---|---|---|---|---|---|---|---|')
  for (const client of clients) {
    const cells = codecs.map(codec => arrived(client, codec))
    const plain = sendings.find(one => one.client === client && one.codec === 'none' && one.partitioner === 'default')
    const idempotent = plain && batchesFor(plain).every(batch => batch.idempotent) ? 'yes' : 'no'
    const read = reads.get(client)
    const more = read?.aborted ? ` and ${read.aborted} aborted, ${read.markers} markers` : ''
    const lists = read === undefined ? '–' : `${figure(read.lists)}${more}`
    const where = plain === undefined ? missing.get(client)!.split('\n')[0] : `${partitionerOf(plain)}${ownTime(plain)}`
    console.log(`| ${client.name} ${client.version} | ${cells.join(' | ')} | ${idempotent} | ${where} | ${lists} |`)
  }
})

function arrived(client: Client, codec: Codec): string {
  const sending = sendings.find(one => one.client === client && one.codec === codec && one.partitioner === 'default')
  if (sending === undefined) return '–'
  return sending.failure === null ? figure(kept?.get(idOf(sending))?.length ?? 0) : 'not sent'
}

const figure = (count: number) => count.toLocaleString('en')

/** Which hash explains the partition of every key. */
function partitionerOf(sending: Sending): string {
  const rows = kept?.get(idOf(sending)) ?? []
  const equal = Object.entries(partitioners).map(([hash, partitionOf]) => {
    const count = rows.filter(row => row.source_partition === partitionOf(Buffer.from(row.user_id), partitions)).length
    return { hash, count }
  })
  const found = equal.find(({ count }) => count === rows.length)
  return found?.hash ?? `none of them (as Java: ${equal[0]!.count})`
}

function ownTime(sending: Sending): string {
  return batchesFor(sending).every(({ time }) => time < firstTime + 86_400_000)
    ? ''
    : '; timestamps are those of sending'
}

function batchesFor(sending: Sending): Batch[] {
  const rows = kept?.get(idOf(sending)) ?? []
  return batches.filter(batch =>
    rows.some(
      ({ source_partition, source_offset }) =>
        source_partition === batch.partition && source_offset >= batch.firstOffset && source_offset <= batch.lastOffset,
    ),
  )
}

function eventsOf(sending: Sending) {
  const time = firstTime + sendings.indexOf(sending) * 10_000
  return Array.from({ length: keys }, (_, k) => ({
    eventId: `${idOf(sending)}/${k}`,
    userId: `user-${k}`,
    itemId: `item-${(k * 7) % 50}`,
    behaviour: 'rate',
    time: time + k,
    value: 1 + (k % 5),
  }))
}

function recordOf(one: ReturnType<typeof eventsOf>[number], k: number): string {
  const value = (k % 2 === 0 ? event.json : event.avro)(one).toString('base64')
  return `${JSON.stringify({ key: one.userId, value, timestamp: one.time })}\n`
}

async function sql(query: string): Promise<unknown[]> {
  const words = ['sql', query, '--pipeline', name, '--data', join(folder, 'data'), '--json', '--max-rows', '1000000']
  const { code, stdout, stderr } = await recstream(words).ended
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as unknown[]
}
