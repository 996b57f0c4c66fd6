import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { layoutOf } from '../../src/run/layout.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { recstream } from '../cli/run-cli.ts'
import { blocksOn } from '../docs/markdown.ts'
import { landChoices } from '../warehouse/choices.ts'
import { event, item, noRows } from '../warehouse/fixtures.ts'

// Python's DuckDB, pandas, polars and pyarrow read what the page docs/guide/snapshot.md says, with the types that it promises.

const packages = ['duckdb', 'pandas', 'polars', 'pyarrow']
const folder = mkdtempSync(join(tmpdir(), 'recstream-python-'))
const python = join(folder, 'venv', 'bin', 'python')
const noPython = spawnSync('python3', ['-m', 'venv', '--help']).status !== 0

function run(command: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' })
  expect({ command, args, status, stderr: status === 0 ? '' : stderr }).toMatchObject({ status: 0, stderr: '' })
  return stdout
}

beforeAll(async () => {
  if (noPython) return
  run('python3', ['-m', 'venv', 'venv'])
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages])
  const layout = layoutOf(join(folder, 'data'), 'shop')
  const warehouse = await openWarehouse({
    file: layout.warehouse,
    snapshots: layout.snapshots,
    archive: layout.archive,
  })
  await warehouse.commit({
    ...noRows,
    events: [event(1, { properties: '{"seconds":1.5,"place":2}', userFeatures: '["city=Köln","a\\"b"]' }), event(2)],
    items: [item('x', { title: 'X', attributes: '{"kind":["a","b"]}', features: '["kind=a"]' })],
  })
  await landChoices(warehouse, [{ userId: 'bob', itemId: 'x', propensity: 0.5, reward: 1 }])
  await warehouse.close()
  const of = ['-p', 'shop', '--data', join(folder, 'data')]
  for (const args of [
    ['snapshot', join(folder, 'shop.duckdb'), ...of],
    ['snapshot', join(folder, 'shop-tables'), ...of],
    ['sql', 'from events', '-o', join(folder, 'events.arrow'), ...of],
  ]) {
    expect(await recstream(args)).toMatchObject({ code: 0 })
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const onPage = blocksOn('docs/guide/snapshot.md').filter(({ language }) => language === 'python')

test.skipIf(noPython).each(onPage)('$page:$line runs', ({ text }) => {
  expect(run(python, ['-c', text])).not.toBe('')
})

test.skipIf(noPython)('DuckDB, pandas, polars and pyarrow read the same types and values', () => {
  const script = `
import json, duckdb, polars, pandas, pyarrow.ipc, pyarrow.parquet
shop = duckdb.connect('shop.duckdb', read_only=True)
row = shop.sql("select properties, user_features, epoch_ms(time::timestamp) from events order by sequence limit 1").fetchall()[0]
frame = shop.sql("select * from events order by sequence").df()
parquet = polars.read_parquet('shop-tables/events.parquet').sort('sequence')
panda = pandas.read_parquet('shop-tables/events.parquet').sort_values('sequence')
arrow = pyarrow.ipc.open_stream('events.arrow').read_all()
print(json.dumps({
  'types': dict(shop.sql("select column_name, data_type from duckdb_columns() where table_name = 'events'").fetchall()),
  'row': row,
  'pandas': [str(frame['time'].dtype), str(frame['reward'].dtype), list(frame['user_features'][0])],
  'polars': [str(parquet['user_features'].dtype), str(parquet['properties'].dtype), parquet['user_features'][0].to_list()],
  'parquet': [list(panda['user_features'][0]), sorted(map(list, panda['properties'][0]))],
  'arrow': [str(arrow.schema.field(name).type) for name in ('sequence', 'time', 'properties', 'user_features', 'liked')],
  'arrow row': [arrow.sort_by('sequence')['properties'][0].as_py(), arrow.sort_by('sequence')['user_features'][0].as_py()],
  'attributes': shop.sql("select typeof(attributes), attributes->>'$.kind[1]' from items").fetchall()[0],
}))`
  const read = JSON.parse(run(python, ['-c', script])) as Record<string, unknown>
  const features = ['city=Köln', 'a"b']
  expect(read['types']).toMatchObject({
    properties: 'MAP(VARCHAR, DOUBLE)',
    user_features: 'VARCHAR[]',
    time: 'TIMESTAMP_MS',
    reward: 'DOUBLE',
  })
  expect(read['row']).toEqual([{ seconds: 1.5, place: 2 }, features, event(1).time])
  expect(read['pandas']).toEqual([expect.stringMatching(/^datetime64/), 'float64', features])
  expect(read['polars']).toEqual(['List(String)', expect.stringContaining('Float64'), features])
  expect(read['parquet']).toEqual([
    features,
    [
      ['place', 2],
      ['seconds', 1.5],
    ],
  ])
  expect(read['arrow']).toEqual([
    'int64',
    'timestamp[ms]',
    'map<string, double>',
    expect.stringMatching(/^list<.*string>$/),
    'bool',
  ])
  expect(read['arrow row']).toEqual([
    [
      ['seconds', 1.5],
      ['place', 2],
    ],
    features,
  ])
  expect(read['attributes']).toEqual(['JSON', 'b'])
})
