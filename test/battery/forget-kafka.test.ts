import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openKafkaLog } from '../../src/log/kafka/kafka-log.ts'
import { openSmallShop } from '../ingest/forget/small-shop.ts'
import { describeKafka, emptyTopics } from '../kafka/brokers.ts'
import { allOf } from '../log/fixtures/read.ts'
import { filesUnder, harm } from '../promises/damage.ts'
import { seeded } from '../promises/random.ts'

describeKafka('on Kafka', broker => {
  test('our topics name nobody who was forgotten, readers go on, and the input stays as it is', async () => {
    const log = await openKafkaLog({ brokers: broker().brokers })
    const shop = await openSmallShop({ log, name: `forget-${Math.random().toString(36).slice(2)}` })
    const { topics } = shop
    const names = async (topic: string, id: string) =>
      (await allOf(log, topic)).filter(({ key, value }) => key?.includes(id) || value?.includes(id)).length
    try {
      const crowd = Array.from({ length: 40 }, (_, k): [string, string] => [
        ['user-bob', 'person-ann', 'cookie-17', 'user-cleo'][k % 4]!,
        `item-${k % 5}`,
      ])
      await shop.sendProfile('person-ann', 'narnia')
      await shop.send(0, ...crowd)
      await shop.sendBytes('person-ann', '{ not JSON')
      await shop.give({ fromUser: 'cookie-17', toUser: 'person-ann' })
      await shop.run()
      await shop.forget('person-ann')
      await shop.run()
      for (const topic of [topics.interestSequences, topics.recommendations, topics.commands, topics.deadLetters]) {
        expect([topic, await names(topic, 'person-ann'), await names(topic, 'cookie-17')]).toEqual([topic, 0, 0])
      }
      expect(await names(topics.behaviourEvents, 'person-ann')).toBeGreaterThan(0)
      expect(shop.filesWith('person-ann')).toEqual([])
      await shop.send(40, ['user-bob', 'item-1'], ['user-cleo', 'item-2'])
      await shop.run()
      const rowsOf = async (data: string) => {
        const warehouse = await shop.warehouseAt(data)
        const events = await warehouse.events(0, 1_000)
        await warehouse.close()
        return events
      }
      const expected = await rowsOf('data')
      expect(expected.map(({ sequence }) => sequence).slice(-2)).toEqual([41, 42])
      expect(new Set(expected.map(({ userId }) => userId))).toEqual(new Set(['user-bob', 'user-cleo']))
      const { weights } = await shop.run({ data: 'again', learner: 'anew' })
      expect(await rowsOf('again')).toEqual(expected)
      // No checkpoint is whole: what a learner begins at is what was appended again.
      for (const file of filesUnder(join(shop.folder, 'checkpoints'))) harm(file, 'cut', seeded(1))
      expect((await shop.run()).weights).toBe(weights)
      expect(await names(topics.interestSequences, 'person-ann')).toBe(0)
      expect(shop.filesWith('person-ann')).toEqual([])
      // Everything is deleted up to where theirs may be, as the receipt says: the pipeline goes on.
      await emptyTopics(broker().brokers, topics.behaviourEvents)
      await shop.send(42, ['user-bob', 'item-3'])
      await shop.run()
      expect((await rowsOf('data')).map(({ sequence }) => sequence).slice(-2)).toEqual([42, 43])
    } finally {
      await shop.close()
    }
  })

  test('several parts forget somebody, each on its partitions, while the others go on', async () => {
    const log = await openKafkaLog({ brokers: broker().brokers })
    const shop = await openSmallShop({ log, name: `forget-${Math.random().toString(36).slice(2)}` }, 3)
    const { topics } = shop
    const names = async (topic: string, id: string) =>
      (await allOf(log, topic)).filter(({ key, value }) => key?.includes(id) || value?.includes(id)).length
    // Of a part all of whose rows were forgotten, the topic alone knows how far they came.
    const rows = async (data?: string) =>
      (await Promise.all([0, 1, 2].map(part => shop.rows(data, part)))).map(({ events, letters }) => ({
        events,
        letters,
      }))
    try {
      const people = ['user-bob', 'person-ann', 'cookie-17', 'user-cleo', 'user-dan']
      await shop.send(0, ...Array.from({ length: 50 }, (_, k): [string, string] => [people[k % 5]!, `item-${k % 5}`]))
      await shop.sendBytes('person-ann', '{ not JSON')
      await shop.give({ fromUser: 'cookie-17', toUser: 'person-ann' })
      await shop.run()
      await shop.forget('person-ann')
      await shop.run()
      for (const topic of [topics.interestSequences, topics.recommendations, topics.commands, topics.deadLetters])
        expect([topic, await names(topic, 'person-ann'), await names(topic, 'cookie-17')]).toEqual([topic, 0, 0])
      expect(shop.filesWith('person-ann')).toEqual([])
      await shop.send(50, ['user-bob', 'item-1'], ['person-ann', 'item-2'])
      const { weights } = await shop.run()
      const expected = await rows()
      const theirs = expected.flatMap(({ events }) => events).filter(({ userId }) => userId === 'person-ann')
      expect(theirs.map(({ count }) => count)).toEqual([1])
      expect((await shop.run({ data: 'again' })).weights).toBe(weights)
      expect(await rows('again')).toEqual(expected)
    } finally {
      await shop.close()
    }
  })
})
