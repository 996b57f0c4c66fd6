import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecstreamError } from '../../src/errors.ts'
import type { OrderedBatch, Recorded } from '../../src/ingest/order/follow.ts'
import { SchemaWait } from '../../src/ingest/schema-wait.ts'
import type { LogRecord } from '../../src/log/log.ts'

/** "0a" is the record a of partition 0; one in capitals needs a schema. */
const recordOf = (name: string): LogRecord => ({
  ...{ topic: 'shop.behaviour-events', partition: Number(name[0]), offset: 0, timestamp: 0, headers: {} },
  ...{ key: null, value: Buffer.from(name) },
})
const nameOf = ({ value }: LogRecord) => value!.toString()
const needsSchema = (record: LogRecord) => /[A-Z]/.test(nameOf(record))

function waitingFor(batches: OrderedBatch[], { batchSize = 100, isFollowing = false } = {}) {
  const said: string[] = []
  const registry = { away: true }
  const lacks = (record: LogRecord) => registry.away && needsSchema(record)
  const wait = new SchemaWait({
    events: { isFollowing, read: async () => batches.shift() ?? { records: [], lettersRecorded: false } },
    collector: {
      lacks,
      async prepare(records) {
        if (records.some(lacks)) throw new RecstreamError('SCHEMA_UNKNOWN', 'The registry is away.')
      },
    },
    ...{ batchSize, onWaiting: message => said.push(message) },
  })
  /** What comes through in one step. */
  const step = async () => {
    const batch = await wait.read(0, 0)
    if (batch.records.length === 0) return []
    return (await wait.readable(batch, 0))?.records.map(nameOf) ?? []
  }
  return { wait, step, said, registry }
}
const live = (...names: string[]): OrderedBatch => ({ records: names.map(recordOf), lettersRecorded: false })

test('what needs no schema flows, but for what stands behind one that does in its partition; said once', async () => {
  const { wait, step, said, registry } = waitingFor([live('0a', '0B', '1a', '0c', '1b'), live('1c', '0d')])
  expect(await step()).toEqual(['0a', '1a', '1b'])
  expect(await step()).toEqual(['1c'])
  expect(await step()).toEqual([])
  expect([wait.holds, said.length]).toEqual([true, 1])
  expect(said[0]).toMatch(/^The registry is away\. What needs no schema of it goes on/)
  registry.away = false
  expect(await step()).toEqual(['0B', '0c', '0d'])
  expect(wait.holds).toBe(false)
})

test('where the order is recorded nothing overtakes what waits', async () => {
  const recorded: Recorded[] = ['not-kept', 'not-kept', 'not-kept']
  const { step, registry } = waitingFor([{ ...live('0a', '0B', '1a'), recorded }], { isFollowing: true })
  expect(await step()).toEqual(['0a'])
  registry.away = false
  expect(await step()).toEqual(['0B', '1a'])
})

test('no more is read than a batch while so much waits', async () => {
  const batches = [live('0A', '0b', '0c'), live('1a')]
  const { step } = waitingFor(batches, { batchSize: 3 })
  for (let again = 0; again < 3; again++) expect(await step()).toEqual([])
  expect(batches).toHaveLength(1)
})

test('nothing is lost or doubled, and partitions keep their order, whenever the registry goes and comes', async () => {
  const record = fc.tuple(fc.constantFrom('0', '1', '2'), fc.boolean())
  const batches = fc.array(fc.tuple(fc.array(record, { maxLength: 6 }), fc.boolean()), { maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(batches, async given => {
      let number = 0
      const sent = given.map(([records]) =>
        records.map(([partition, needs]) => `${partition}${needs ? 'N' : 'n'}${number++}`),
      )
      const { step, registry } = waitingFor(sent.map(names => live(...names)))
      const came: string[] = []
      for (const [, away] of [...given, [[], false] as const, [[], false] as const]) {
        registry.away = away
        came.push(...(await step()))
      }
      for (const partition of ['0', '1', '2']) {
        const of = (names: string[]) => names.filter(name => name[0] === partition)
        expect(of(came)).toEqual(of(sent.flat()))
      }
    }),
    { numRuns: 50 },
  )
})
