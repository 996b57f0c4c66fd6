import { randomUUID } from 'node:crypto'
import { Kafka, logLevel } from 'kafkajs'
import { afterEach, describe, expect, test } from 'vitest'
import { detectBrokerRuntime } from '../../src/log/kafka/broker-runtime.ts'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { Brokers } from '../../src/log/kafka/produce/brokers.ts'
import { cut } from '../../src/log/kafka/produce/cut.ts'
import { placementOf } from '../../src/log/kafka/produce/placement.ts'
import { findCoordinatorRequest } from '../../src/log/kafka/produce/requests.ts'
import { sendAll } from '../../src/log/kafka/produce/send.ts'
import { Session } from '../../src/log/kafka/produce/session.ts'
import { startCluster, type TestCluster } from '../kafka/cluster.ts'
import { from, readAll, text, values } from '../log/fixtures/read.ts'
import { until } from '../promises/command.ts'

/*
 * Brokers of Kafka 4.3.0 to 4.4.0 end a transaction without its marker where a partition has no leader; others wait until it has
 * one. Either way everything that was committed can be read afterwards, and nothing that was aborted.
 */
const here = (await detectBrokerRuntime()) !== null
const waitMs = 120_000

describe.skipIf(!here)('a transaction that ends while the leader of one of its partitions is away', () => {
  const closers: (() => Promise<void> | void)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close()
  })

  /** A producer in the middle of a transaction that wrote to a topic of which one broker alone has a copy, which is away now. */
  const begin = async () => {
    const cluster: TestCluster = await startCluster()
    closers.push(() => cluster.dispose())
    const { brokers } = cluster
    const id = `left-open.${randomUUID()}`
    const session = new Session(new Brokers({ brokers }), id, 60_000)
    closers.push(() => session.brokers.close(new Error('The test is over.')))
    await session.start()
    const { node: coordinator } = await session.brokers.askAny(findCoordinatorRequest(id))
    const away = [1, 2, 3].find(number => number !== coordinator.id)!

    const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    closers.push(() => admin.disconnect())
    const [far, near] = [`far.${id}`, `near.${id}`]
    const on = (topic: string, broker: number) => ({
      topic,
      replicaAssignment: [{ partition: 0, replicas: [broker] }],
      configEntries: [{ name: 'min.insync.replicas', value: '1' }],
    })
    await admin.createTopics({ waitForLeaders: true, topics: [on(far, away), on(near, coordinator.id)] })

    const write = async (topic: string, said: string) => {
      const placement = await placementOf(session.brokers, topic)
      const records = [text(said)]
      const { cuts, sizes } = cut(topic, records, 1, 900_000, null)
      await session.add(topic, [0])
      await sendAll(session, { topic, records, sizes, cuts, common: null }, placement)
    }
    await write(far, 'a')
    cluster.each[away - 1]!.kill()
    await until(
      'nobody to lead it',
      async () => ((await placementOf(session.brokers, far)).leaderOf(0) ?? null) === null,
      waitMs,
    )
    const back = () => cluster.each[away - 1]!.restart()
    /** What can be read of a topic now; `whole`: up to its end, however long that takes. */
    const read = async (topic: string, { whole }: { whole: boolean }) => {
      const log = await openKafkaLog({ brokers })
      try {
        if (whole) return values(await readAll(log, from(topic, 1)))
        const reader = await log.reader(from(topic, 1))
        return values(await reader.read(200))
      } finally {
        await log.close()
      }
    }
    return { session, far, near, read, write, back }
  }

  test('is committed there when it is back, by whoever appends elsewhere meanwhile', async () => {
    const { session, far, near, read, write, back } = await begin()
    await session.commit()
    await back()
    await write(near, 'b')
    await session.commit()
    await until(
      'it is ended',
      async () => {
        await session.settle()
        return (await read(far, { whole: false })).length > 0
      },
      waitMs,
    )
    await write(far, 'c')
    await session.commit()
    expect(await read(far, { whole: true })).toEqual(['a', 'c'])
    expect(await read(near, { whole: true })).toEqual(['b'])
  })

  test('and what was aborted is not committed by the next one', async () => {
    const { session, far, read, write, back } = await begin()
    expect(await session.renew()).toBe('aborted')
    await back()
    await write(far, 'c')
    await session.commit()
    expect(await read(far, { whole: true })).toEqual(['c'])
  })
})
