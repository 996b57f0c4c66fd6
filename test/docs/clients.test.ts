import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import movielens from '../../pipelines/movielens/index.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { packageRoot } from '../../src/package-root.ts'
import { topicSpecs } from '../../src/records/topics.ts'
import { testPipeline } from '../../src/testing/index.ts'
import { type PageClient, runPageClient } from '../clients/page-client.ts'
import { describeKafka } from '../kafka/brokers.ts'
import { blocksOn } from './markdown.ts'

// The page's clients are run as they stand, first with a library without a broker: what is sent goes to standard error, and
// one list is read twice, as after a crash. Then with the real library and a real broker, where the library is at hand:
// kafkajs always is; for confluent-kafka, which `npm run test:clients` installs, RECSTREAM_PYTHON may name an interpreter.

const folder = mkdtempSync(join(tmpdir(), 'recstream-clients-'))
const blocks = blocksOn('docs/guide/topics.md')
const hasPython = spawnSync('python3', ['--version']).status === 0
const list = blocks
  .filter(({ language }) => language === 'json')
  .flatMap(({ text }) => text.trim().split('\n'))
  .find(line => 'items' in JSON.parse(line))!

const confluentKafka = `
import sys
class Producer:
    def __init__(self, settings): pass
    def produce(self, topic, key, value): print(topic, key, value, sep="\\t", file=sys.stderr)
    def flush(self): pass
class Record:
    def error(self): return None
    def headers(self): return [("recstream-sequence", b"42")]
    def partition(self): return 0
    def value(self): return ${JSON.stringify(list)}.encode()
class Consumer:
    left = 2
    def __init__(self, settings): pass
    def subscribe(self, topics): pass
    def poll(self, seconds):
        if self.left == 0: sys.exit()
        self.left -= 1
        return Record()
`

const kafkajs = `
const value = Buffer.from(${JSON.stringify(list)})
const message = { headers: { 'recstream-sequence': Buffer.from('42') }, value }
export class Kafka {
  producer = () => ({
    connect: async () => {},
    send: async ({ topic, messages }) => {
      for (const { key, value } of messages) console.error([topic, key, value].join('\\t'))
    },
  })
  consumer = () => ({
    connect: async () => {},
    subscribe: async () => {},
    run: async ({ eachMessage }) => {
      for (let read = 0; read < 2; read++) await eachMessage({ partition: 0, message })
    },
  })
}
`

beforeAll(() => {
  writeFileSync(join(folder, 'confluent_kafka.py'), confluentKafka)
  mkdirSync(join(folder, 'node_modules', 'kafkajs'), { recursive: true })
  writeFileSync(
    join(folder, 'node_modules', 'kafkajs', 'package.json'),
    JSON.stringify({ name: 'kafkajs', type: 'module', exports: './index.js' }),
  )
  writeFileSync(join(folder, 'node_modules', 'kafkajs', 'index.js'), kafkajs)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function ranWith(command: string, language: string, file: string): SpawnSyncReturns<string> {
  writeFileSync(join(folder, file), blocks.find(block => block.language === language)!.text)
  return spawnSync(command, [file], { cwd: folder, encoding: 'utf8' })
}

function expectKept({ status, stdout, stderr }: SpawnSyncReturns<string>): void {
  expect(status, stderr).toBe(0)
  const [topic, key, value] = stderr.trim().split('\t')
  expect(topic).toBe('movielens.behaviour-events')
  expectEvent(key!, value!)
  expect(stdout.match(/film/g)).toHaveLength(1)
}

function expectEvent(key: string | Buffer, value: string | Buffer): void {
  using pipeline = testPipeline(movielens)
  expect(pipeline.sendRecord({ key, value, timestamp: Date.now() })).toMatchObject({
    row: { userId: 'ann', reward: 0.875 },
    rejection: null,
  })
}

test.skipIf(!hasPython)('what the Python client sends is kept, and it reads each list once', () => {
  expectKept(ranWith('python3', 'python', 'client.py'))
})

test('what the JavaScript client sends is kept, and it reads each list once', () => {
  expectKept(ranWith(process.execPath, 'js', 'client.mjs'))
})

describeKafka('on a real broker', broker => {
  const python = process.env['RECSTREAM_PYTHON'] ?? 'python3'
  const hasLibrary = spawnSync(python, ['-c', 'import confluent_kafka']).status === 0

  test.skipIf(!hasLibrary)(
    'the Python client sends an event that is kept, and reads each list once',
    () => expectOnBroker('docs-python', 'python', [python, '-u'], /^\{/gm),
    150_000,
  )

  test(
    'the JavaScript client sends an event that is kept, and reads each list once',
    () => expectOnBroker('docs-js', 'js', [process.execPath], /^ann \[/gm),
    150_000,
  )

  async function expectOnBroker(
    pipeline: string,
    language: PageClient['language'],
    command: string[],
    firstLine: RegExp,
  ): Promise<void> {
    // In the checkout, where kafkajs is found.
    const inside = mkdtempSync(join(packageRoot(), '.crash-'))
    const log = await openKafkaLog({ brokers: broker().brokers })
    try {
      await log.ensureTopics(topicSpecs(pipeline, 1))
      const shown = (sequence: number, text: string) => ({
        key: 'ann',
        value: Buffer.from(text),
        headers: { 'recstream-sequence': String(sequence) },
        timestamp: 0,
      })
      const lists = [shown(42, list), shown(42, list), shown(43, list.replaceAll('film', 'clip'))]
      const producer = await log.producer(pipeline)
      await producer.append(`${pipeline}.recommendations`, lists)
      await producer.close()
      const printed = await runPageClient({
        language,
        command,
        folder: inside,
        broker: broker().brokers[0]!,
        pipeline,
        list: firstLine,
        lists: 2,
        timeoutMs: 100_000,
      })
      expect([printed.match(/film/g), printed.match(/clip/g)], printed).toEqual([['film'], ['clip']])
      const [event] = await log.newest(`${pipeline}.behaviour-events`)
      expectEvent(event!.key!, event!.value!)
    } finally {
      await log.close()
      rmSync(inside, { recursive: true, force: true })
    }
  }
})
