import { cron, integer } from '../field.ts'

export const schedule = {
  snapshot: cron('*/5 * * * *', 'when the warehouse is copied for people to query'),
  checkpoint: cron('*/10 * * * *', 'when the learner is asked for a checkpoint'),
  compaction: cron('0 4 * * *', 'when the warehouse and the compacted topics are compacted'),
  retention: {
    cron: cron(undefined, 'when old events move to Parquet'),
    olderThanDays: integer(undefined, [1, 36_500], 'days', 'days after which an event is old'),
  },
}
