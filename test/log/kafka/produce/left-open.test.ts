import { expect, test } from 'vitest'
import type { Brokers } from '../../../../src/log/kafka/produce/brokers.ts'
import { leftOpen } from '../../../../src/log/kafka/produce/left-open.ts'
import type { Request, TopicPlace } from '../../../../src/log/kafka/produce/requests.ts'

const node = { id: 1, host: 'broker', port: 9092 }
const led: TopicPlace = { error: 0, nodes: [node], partitions: [{ partition: 0, leader: 1, copies: 1 }] }
const leaderless: TopicPlace = { ...led, partitions: [{ partition: 0, leader: -1, copies: 1 }] }
const denied: TopicPlace = { error: 29, nodes: [node], partitions: [] }

/** What is said of one partition by brokers that answer so. */
async function askedOf(place: TopicPlace, told: { error: number; producerIds: number[] }, takes = true) {
  const brokers: Partial<Brokers> = {
    count: 1,
    given: ['broker:9092'],
    know() {},
    takes: async () => takes,
    unlessPassing: asking => asking(),
    askAny: async <A>(_: Request<A>) => place as A,
    ask: async <A>() =>
      ({ error: told.error, producers: told.producerIds.map(producerId => ({ producerId, begins: 3 })) }) as A,
  }
  const { open, unknown } = await leftOpen(brokers as Brokers, 7, [{ topic: 't', partition: 0 }])
  return [open.length, unknown.length]
}

test.each([
  ['a transaction of the producer is open', led, { error: 0, producerIds: [5, 7] }, [1, 0]],
  ['another one has one open', led, { error: 0, producerIds: [5] }, [0, 0]],
  ['nobody leads the partition now', leaderless, { error: 0, producerIds: [7] }, [0, 1]],
  ['it is led by somebody else by now', led, { error: 6, producerIds: [] }, [0, 1]],
  ['this user may not be told of producers', led, { error: 29, producerIds: [] }, [0, 0]],
  ['this user may not see the topic', denied, { error: 0, producerIds: [7] }, [0, 0]],
] as const)('where %s', async (_, place, told, expected) => {
  expect(await askedOf(place, { ...told, producerIds: [...told.producerIds] })).toEqual(expected)
})

test('a broker that cannot tell is not asked', async () => {
  expect(await askedOf(led, { error: 0, producerIds: [7] }, false)).toEqual([0, 0])
})
