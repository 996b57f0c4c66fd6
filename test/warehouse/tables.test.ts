import { expect, test } from 'vitest'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { event, noRows, temporaryFolder } from './fixtures.ts'

test('every table, view and column says what it is', async () => {
  const folder = temporaryFolder()
  try {
    const warehouse = await folder.open({ shortLength: 2 })
    const events = [10, 30, 20, 40].map((time, k) => event(k + 1, { time, late: k === 2, itemId: `item-${time}` }))
    await warehouse.commit({ ...noRows, events })
    const snapshot = await warehouse.snapshot()
    await warehouse.close()
    const ask = async (sql: string) => (await runQuery({ snapshot, sql })).rows

    // Before some tables stand views with the columns' own types; they say the same.
    const named = await ask(`SELECT table_name, comment IS NOT NULL FROM duckdb_tables() WHERE NOT internal
      UNION SELECT view_name, comment IS NOT NULL FROM duckdb_views() WHERE NOT internal ORDER BY 1`)
    expect(named).toEqual(
      [
        'beginnings',
        'block_order',
        'changes',
        'commands',
        'dead_letters',
        'events',
        'forgotten',
        'items',
        'models',
        'offsets',
        'origins',
        'reached',
        'recommendations',
        'scores',
        'sequences',
        'users',
      ].map(name => [name, true]),
    )
    expect(
      await ask('SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL'),
    ).toEqual([])
    expect(await ask('SELECT sequence, item_id, short_items FROM sequences ORDER BY time')).toEqual([
      [1, 'item-10', null],
      [3, 'item-20', ['item-10']],
      [2, 'item-30', ['item-10', 'item-20']],
      [4, 'item-40', ['item-20', 'item-30']],
    ])
  } finally {
    folder.remove()
  }
})
