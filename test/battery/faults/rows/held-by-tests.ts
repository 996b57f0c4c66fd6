import type { Row } from '../row.ts'
import { clock } from './clock.ts'
import { testsIn } from './tests.ts'

/** Rows that tests of `npm test` hold already, each test one fault; here they are run once more. */
function heldBy(name: string, what: string, files: Readonly<Record<string, number>>, needs?: 'kafka'): Row {
  const all = Object.entries(files)
  return {
    ...{ name, what, slice: all.map(([file]) => file) },
    wanted: all.reduce((sum, [, count]) => sum + count, 0),
    ...(needs === undefined ? {} : { needs }),
    trials: all.map(([file, count]) => testsIn(file, { count })),
  }
}

export const limits = heldBy('limits', '64, 32 and 24 file handles, little memory, folders that cannot be written', {
  'test/cli/few-files.test.ts': 2,
  'test/cli/start/little-memory.test.ts': 2,
  'test/run/child-stderr.test.ts': 2,
  'test/cli/report-error.test.ts': 1,
})

export const secrets = heldBy('secrets', 'a secret in every option, variable and file that takes one', {
  'test/promises/secrets.test.ts': 7,
})

const byTests = heldBy('time', 'event time late, early and out of order; the clock set by days', {
  'test/ingest/window/window.test.ts': 6,
  'test/ingest/clean/clean.test.ts': 11,
  'test/run/schedule.test.ts': 5,
})
export const time: Row = {
  ...byTests,
  wanted: byTests.wanted + clock.count,
  trials: [...byTests.trials, clock],
}

export const topics = heldBy(
  'topics',
  'partitions added while it runs, topics made beforehand, retention past the position, topics made again',
  {
    'test/ingest/added-partitions.test.ts': 1,
    'test/log/kafka/topics.test.ts': 5,
    'test/run/bind-topics.test.ts': 2,
    'test/ingest/kafka.test.ts': 3,
  },
  'kafka',
)

export const rewardTests = heldBy('rewards', 'rewards that are no numbers or beyond their range', {
  'test/predictors/policies.test.ts': 1,
  'test/agents/small-catalogue.test.ts': 1,
  'test/learner/event/sound-items.test.ts': 1,
})
