import { expect, test } from 'vitest'
import { createStatements, recordTable } from '../../src/warehouse/table.ts'

type Visit = { userId: string; offset: number; note: string | null; tags: readonly string[] }

const visits = recordTable<Visit>('visits', 'Who came.', {
  userId: { type: 'VARCHAR', comment: 'Who' },
  offset: { name: 'source_offset', type: 'BIGINT', comment: 'Where' },
  note: { type: 'VARCHAR', comment: `Ada's "own" word` },
  tags: { type: 'VARCHAR', of: tags => JSON.stringify(tags), comment: 'A JSON array' },
})

test('a table of records has a column for each field, in order, named as the field or as it says', () => {
  expect(createStatements(visits)).toEqual([
    'CREATE TABLE visits (user_id VARCHAR, source_offset BIGINT, note VARCHAR, tags VARCHAR)',
    "COMMENT ON TABLE visits IS 'Who came.'",
    "COMMENT ON COLUMN visits.user_id IS 'Who'",
    "COMMENT ON COLUMN visits.source_offset IS 'Where'",
    `COMMENT ON COLUMN visits.note IS 'Ada''s "own" word'`,
    "COMMENT ON COLUMN visits.tags IS 'A JSON array'",
  ])
})

test('a cell is the field as it is, or what the column makes of it', () => {
  const row: Visit = { userId: 'ada', offset: 7, note: null, tags: ['new'] }
  expect(visits.columns.map(column => column.of(row))).toEqual(['ada', 7, null, '["new"]'])
})

test('a field without a column, or one whose type does not hold it, does not compile', () => {
  const column = { type: 'VARCHAR', comment: '' } as const
  // @ts-expect-error: `count` has no column
  recordTable<{ userId: string; count: number }>('visits', '', { userId: column })
  // @ts-expect-error: an INTEGER is never null
  recordTable<{ count: number | null }>('visits', '', { count: { type: 'INTEGER', comment: '' } })
  // @ts-expect-error: a text is no list
  recordTable<{ tags: string[] }>('visits', '', { tags: column })
  expect(visits.fields).toEqual(['userId', 'offset', 'note', 'tags'])
})
