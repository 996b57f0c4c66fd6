import { expect, test } from 'vitest'
import movielens from '../../pipelines/movielens/index.ts'
import { testPipeline } from '../../src/testing/index.ts'
import { readPage } from './markdown.ts'

const now = Date.UTC(2026, 10, 28)
const lastYear = Date.UTC(2025, 10, 28)
const dates: Record<string, number> = {
  'now, and there before the pipeline’s first event': now,
  'now, and sent before the event': now,
  'now, and sent after the pipeline’s first event': now,
  now,
  'at the event’s time': lastYear,
  'at the event’s time or before': lastYear,
  'at the event’s time, or now': lastYear,
}

const rows = readPage('docs/guide/topics.md')
  .split('\n')
  .map(line =>
    line
      .replaceAll("'", '’')
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  )
  .filter(cells => cells.length === 3 && cells[0]! in dates && cells[1]! in dates)
  .map(([profile, event, joined]) => ({ profile: profile!, event: event!, joined: joined === 'yes' }))

test('the page tells of each way to date old records', () => {
  expect(rows.map(({ joined }) => joined)).toEqual([true, true, true, false])
})

test.each(rows)('a profile dated “$profile”, an event dated “$event”: joined $joined', ({ profile, event, joined }) => {
  using pipeline = testPipeline(movielens)
  const first = { eventId: 'first', userId: 'bob', itemId: 'other', behaviour: 'rate', time: lastYear, value: 4 }
  if (profile.includes('after')) pipeline.sendRecord({ key: 'bob', value: first })
  pipeline.sendRecord({ topic: 'user-profiles', key: 'ann', value: { userId: 'ann' }, timestamp: dates[profile]! })
  pipeline.sendRecord({ topic: 'items', key: 'film', value: { itemId: 'film' }, timestamp: dates[profile]! })
  const value = { eventId: 'e', userId: 'ann', itemId: 'film', behaviour: 'rate', time: lastYear, value: 4 }
  const { row } = pipeline.sendRecord({ key: 'ann', value, timestamp: dates[event]! })
  expect(row).toMatchObject({ userKnown: joined, itemKnown: joined })
})
