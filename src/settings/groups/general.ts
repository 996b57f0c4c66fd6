import { choice, integer } from '../field.ts'

/** The latest time that a date can have, ms since 1970. */
const anyTime = 8_640_000_000_000_000

export const general = {
  epoch: integer(
    946_684_800_000,
    [0, anyTime],
    'milliseconds since 1970',
    'events before this time are impossible; the default, the year 2000, also catches times in seconds',
  ),
  partitions: integer(
    1,
    [1, 1024],
    'partitions',
    'partitions of the topics that have a user as their key: behaviour-events, user-profiles and recommendations',
  ),
  parts: integer(
    1,
    [1, 256],
    'parts',
    'parts of ingest, each with its partitions, tables and row numbers, so that several processes can share the work; partitions must be a multiple of it, and it stays as it is once a pipeline has begun',
  ),
  topicRetention: choice(
    'forever',
    ['forever', 'any'],
    'how long the topics behaviour-events, recommendations and dead-letters keep their records; any: as their owner set it, and a rebuild reaches back no further',
  ),
  encoding: choice('avro', ['avro', 'json'], 'how records are written; both are read'),
}
