// Commits small batches for ever, saying which are done; the test kills it at some instant.
import { openWarehouse } from '../../dist/src/warehouse/open-warehouse.js'

const warehouse = await openWarehouse(JSON.parse(process.argv[2]))
let { sequence } = await warehouse.newest()
const size = 500
for (;;) {
  const from = sequence
  sequence += size
  const numbers = Array.from({ length: size }, (_, k) => from + k + 1)
  const batchNumber = sequence / size
  await warehouse.commit({
    events: numbers.map(number => ({
      sequence: number,
      partition: 0,
      offset: number,
      eventId: `event-${number}`,
      userId: `user-${number % 7}`,
      itemId: 'item',
      behaviour: 'view',
      time: number,
      value: null,
      properties: null,
      recommendationId: null,
      reward: 0,
      liked: false,
      late: false,
      userKnown: true,
      itemKnown: true,
      userFeatures: '[]',
      itemFeatures: '[]',
      count: number,
      generation: 1,
    })),
    deadLetters: [
      {
        number: batchNumber,
        topic: 't',
        partition: 0,
        offset: sequence,
        timestamp: 0,
        reason: 'invalid',
        message: '',
        key: null,
        headers: {},
        value: null,
      },
    ],
    users: [{ userId: 'ada', features: '[]', attributes: '{}', timestamp: 0, offset: sequence, deleted: false }],
    items: [
      { itemId: 'x', title: null, features: '[]', attributes: '{}', timestamp: 0, offset: sequence, deleted: false },
    ],
    recommendations: [],
    versions: [],
    commands: [],
    changes: [],
    positions: [{ topic: 't', partition: 0, offset: sequence + 1 }],
  })
  console.log(sequence)
}
