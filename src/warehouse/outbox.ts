import type { DuckDBConnection } from '@duckdb/node-api'
import type { DeadLetter, EnrichedEvent } from '../records/warehouse.ts'
import { readRows } from './read-rows.ts'

/** Kept events after a row number, in order. */
export async function eventsAfter(
  connection: DuckDBConnection,
  after: number,
  limit: number,
): Promise<EnrichedEvent[]> {
  const events: EnrichedEvent[] = []
  const rows = readRows(
    connection,
    `SELECT sequence::DOUBLE, source_partition::DOUBLE, source_offset::DOUBLE, event_id, user_id, item_id, behaviour,
       epoch_ms(time)::DOUBLE, value, properties, recommendation_id, reward, liked, late, user_known, item_known,
       user_features, item_features, count::DOUBLE, generation::DOUBLE
     FROM events WHERE sequence > ${after} ORDER BY sequence LIMIT ${limit}`,
    cells =>
      ({
        sequence: cells[0],
        partition: cells[1],
        offset: cells[2],
        eventId: cells[3],
        userId: cells[4],
        itemId: cells[5],
        behaviour: cells[6],
        time: cells[7],
        value: cells[8],
        properties: cells[9],
        recommendationId: cells[10],
        reward: cells[11],
        liked: cells[12],
        late: cells[13],
        userKnown: cells[14],
        itemKnown: cells[15],
        userFeatures: cells[16],
        itemFeatures: cells[17],
        count: cells[18],
        generation: cells[19],
      }) as EnrichedEvent,
  )
  for await (const chunk of rows) events.push(...chunk)
  return events
}

/** Dead letters after a row number, in order. */
export async function deadLettersAfter(
  connection: DuckDBConnection,
  after: number,
  limit: number,
): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = []
  const rows = readRows(
    connection,
    `SELECT number::DOUBLE, topic, source_partition::DOUBLE, source_offset::DOUBLE, epoch_ms(time)::DOUBLE, reason,
       message, key, value
     FROM dead_letters WHERE number > ${after} ORDER BY number LIMIT ${limit}`,
    ([number, topic, partition, offset, timestamp, reason, message, key, value]) =>
      ({ number, topic, partition, offset, timestamp, reason, message, key, value }) as DeadLetter,
  )
  for await (const chunk of rows) letters.push(...chunk)
  return letters
}
