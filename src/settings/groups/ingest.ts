import { integer } from '../field.ts'

const year = 31_622_400_000
const ms = 'milliseconds'

export const clean = {
  duplicateWindowMs: integer(86_400_000, [0, year], ms, 'an event id seen again within this event time is a duplicate'),
  duplicateCapacity: integer(
    200_000,
    [1, 16_000_000],
    'events',
    'events whose ids and contents are remembered per generation; two are kept, about 60 MB when both are full',
  ),
  maxFutureMs: integer(300_000, [0, year], ms, "how far an event may lie after its record's own timestamp"),
  botLimit: integer(
    120,
    [1, 1_000_000],
    'events',
    'more of one user than this in one window of event time is bot-like, late ones too',
  ),
  botWindowMs: integer(60_000, [1, year], ms, 'the window of the bot limit'),
}

export const window = {
  shortLength: integer(
    5,
    [1, 100],
    'records',
    "records in the short interest sequence; the long one is the learner's recurrent state and needs no length",
    { checkpoint: 'always' },
  ),
  usersInMemory: integer(
    500_000,
    [2, 16_000_000],
    'users',
    'users that ingest holds; beyond these the least recently active are loaded again when they return',
  ),
  itemsInMemory: integer(
    500_000,
    [2, 16_000_000],
    'items',
    'items that ingest holds; beyond these the least recently active are loaded again when they return',
  ),
}
