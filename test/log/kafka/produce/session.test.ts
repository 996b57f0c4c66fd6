import { randomUUID } from 'node:crypto'
import { Kafka, logLevel } from 'kafkajs'
import { afterEach, expect, test } from 'vitest'
import { openKafkaLog } from '../../../../src/log/kafka/kafka-log.ts'
import { Brokers } from '../../../../src/log/kafka/produce/brokers.ts'
import { cut } from '../../../../src/log/kafka/produce/cut.ts'
import { placementOf } from '../../../../src/log/kafka/produce/placement.ts'
import { endTransactionRequest, findCoordinatorRequest } from '../../../../src/log/kafka/produce/requests.ts'
import { sendAll } from '../../../../src/log/kafka/produce/send.ts'
import { Session } from '../../../../src/log/kafka/produce/session.ts'
import { describeKafka } from '../../../kafka/brokers.ts'
import { from, readAll, text, values } from '../../fixtures/read.ts'

/** What a broker's setting is called that refuses records of a transaction that its coordinator does not know of. */
const verification = 'transaction.partition.verification.enable'
const thisBroker = { type: 4, name: '1' }

describeKafka('a transaction that is over, and open in a partition still', broker => {
  const closers: (() => Promise<void> | void)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  /**
   * Some topics, and a producer that can leave a record in one of them as a broker does that was killed at the wrong moment: in
   * a transaction of which its coordinator knows nothing.
   */
  const begin = async (...names: string[]) => {
    const { brokers } = broker()
    const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    closers.push(() => admin.disconnect())
    const configEntries = [{ name: verification, value: 'false' }]
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...thisBroker, configEntries }] })

    const log = await openKafkaLog({ brokers })
    closers.push(() => log.close())
    const id = `session.${randomUUID()}`
    const topics = names.map(name => `${name}.${id}`)
    await log.ensureTopics(topics.map(name => ({ name, partitions: 2 })))
    const session = new Session(new Brokers({ brokers }), id, 60_000)
    closers.push(() => session.brokers.close(new Error('The test is over.')))
    await session.start()
    const send = async (topic: string, ...said: string[]) => {
      const records = said.map(text)
      const placement = await placementOf(session.brokers, topic)
      const { cuts, sizes } = cut(topic, records, placement.partitions, 900_000, null)
      return { cuts, go: () => sendAll(session, { topic, records, sizes, cuts, common: null }, placement) }
    }
    const append = async (topic: string, ...said: string[]) => {
      const { cuts, go } = await send(topic, ...said)
      await session.add(
        topic,
        cuts.map(({ partition }) => partition),
      )
      await go()
      await session.commit()
    }
    const leaveOpen = async (topic: string, ...said: string[]) => {
      const { go } = await send(topic, ...said)
      // The marker of what was committed before comes a moment after its answer.
      await readAll(log, from(topic, 2))
      await expect.poll(go, { timeout: 10_000 }).toBe(null)
    }
    const readable = async (topic: string) => {
      const reader = await log.reader(from(topic, 2))
      closers.push(() => reader.close())
      return values(await reader.read(300)).sort()
    }
    const reconnect = () => {
      session.brokers = new Brokers({ brokers })
    }
    return { log, id, topics, session, append, leaveOpen, readable, reconnect }
  }

  test('is ended before the next one, where brokers were connected to anew', async () => {
    const { log, topics, append, leaveOpen, readable, reconnect } = await begin('quiet', 'busy')
    const [quiet, busy] = topics as [string, string]
    await append(quiet, 'a')
    await leaveOpen(quiet, 'b')
    expect(await readable(quiet)).toEqual(['a'])
    reconnect()
    await append(busy, 'c')
    expect(values(await readAll(log, from(quiet, 2))).sort()).toEqual(['a', 'b'])
    expect(values(await readAll(log, from(busy, 2)))).toEqual(['c'])
  })

  test('is ended while nothing else is appended', async () => {
    const { log, topics, session, append, leaveOpen, reconnect } = await begin('quiet')
    const [quiet] = topics as [string]
    await append(quiet, 'a')
    await leaveOpen(quiet, 'b')
    reconnect()
    await session.settle()
    expect(values(await readAll(log, from(quiet, 2))).sort()).toEqual(['a', 'b'])
  })

  test('costs nothing where no connection was made anew', async () => {
    const { log, topics, session, append } = await begin('quiet')
    const [quiet] = topics as [string]
    for (const said of ['a', 'b', 'c']) await append(quiet, said)
    await readAll(log, from(quiet, 2))
    const ends = await log.ranges(quiet)
    await append(quiet, 'd')
    await session.settle()
    expect(await readAll(log, from(quiet, 2))).toHaveLength(4)
    const grown = (await log.ranges(quiet)).reduce((sum, { end }, n) => sum + end - ends[n]!.end, 0)
    // The record and its marker.
    expect(grown).toBe(2)
  })

  test("a predecessor's is ended as its coordinator decided: what was committed can be read", async () => {
    const { log, id, topics, append, leaveOpen } = await begin('quiet', 'busy')
    const [quiet, busy] = topics as [string, string]
    await append(quiet, 'a')
    await leaveOpen(quiet, 'b')
    const successor = await log.producer(id, [quiet, busy, 'no such topic'])
    expect(values(await readAll(log, from(quiet, 2))).sort()).toEqual(['a', 'b'])
    await successor.append(busy, [text('c')])
    expect(values(await readAll(log, from(busy, 2)))).toEqual(['c'])
  })

  test("a predecessor's is ended as its coordinator decided: what was aborted is in the way of nobody", async () => {
    const { log, id, topics, session, append, leaveOpen } = await begin('quiet')
    const [quiet] = topics as [string]
    await append(quiet, 'a')
    await session.add(quiet, [0])
    const { node } = await session.brokers.askAny(findCoordinatorRequest(id))
    const abort = () => session.brokers.ask(node, endTransactionRequest(id, session.identity, false))
    await expect.poll(async () => (await abort()).error, { timeout: 10_000 }).toBe(0)
    await leaveOpen(quiet, 'b')
    await log.producer(id, [quiet])
    expect(values(await readAll(log, from(quiet, 2)))).toEqual(['a'])
  })
})
