import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import kuairand from '../../pipelines/kuairand/index.ts'
import type { ModelVersion } from '../../src/records/model-version.ts'
import type { Recommendation } from '../../src/records/recommendation.ts'
import type { EnrichedEvent, WarehouseBatch } from '../../src/records/warehouse.ts'
import { testPipeline } from '../../src/testing/test-pipeline.ts'
import { showTyped } from '../../src/warehouse/sql/typed-columns.ts'
import { deadLetter, event, type Folder, item, noRows, temporaryFolder } from '../warehouse/fixtures.ts'
import { blocksOn } from './markdown.ts'

const queries = blocksOn('docs/guide/questions.md').map(({ text }) => text.trim().replace(/;$/, ''))

const folders: Folder[] = []
const databases: DuckDBInstance[] = []
let sample: DuckDBInstance
let made: DuckDBInstance

beforeAll(async () => {
  sample = await filled(await shippedSample())
  made = await filled(madeUp())
}, 120_000)

afterAll(() => {
  for (const database of databases) database.closeSync()
  for (const folder of folders) folder.remove()
})

async function filled(batch: WarehouseBatch): Promise<DuckDBInstance> {
  const folder = temporaryFolder()
  folders.push(folder)
  const warehouse = await folder.open()
  await warehouse.commit(batch)
  const snapshot = await warehouse.snapshot()
  await warehouse.close()
  const database = await DuckDBInstance.create(snapshot, { access_mode: 'READ_ONLY' })
  databases.push(database)
  return database
}

function list(sequence: number, userId: string, itemIds: readonly string[]): Recommendation {
  return {
    recommendationId: `list-${sequence}`,
    userId,
    time: sequence,
    sequence,
    partition: 0,
    offset: sequence - 1,
    modelVersion: 1,
    short: null,
    policy: 'ensemble',
    arm: 'all',
    items: itemIds.map(itemId => ({ itemId, score: 0.5, propensity: 1, reason: 'popular now' })),
  }
}

const version: ModelVersion = {
  learner: 'learner',
  version: 1,
  sequence: 1,
  sequences: 1,
  step: 1,
  weightsSha256: '',
  champion: 'ensemble',
  scores: [
    { policy: 'ensemble', metric: 'auc', value: 0.7, events: 9 },
    { policy: 'bias', metric: 'auc', value: 0.6, events: 9 },
  ],
  served: [],
  index: [],
}

/** The first events of the sample that is in the package, and a list behind every tenth. */
async function shippedSample(): Promise<WarehouseBatch> {
  const pipeline = testPipeline(kuairand)
  await pipeline.importSource({ events: 800 })
  const events = pipeline.rows.map(
    (row): EnrichedEvent => ({
      ...row,
      properties: JSON.stringify(row.properties),
      userFeatures: JSON.stringify(row.userFeatures),
      itemFeatures: JSON.stringify(row.itemFeatures),
      generation: 1,
    }),
  )
  pipeline.dispose()
  const lists = events
    .filter(({ sequence }) => sequence % 10 === 0)
    .map(({ sequence, userId, itemId }) => list(sequence, userId, [itemId, events[sequence % 7]!.itemId]))
  const items = [...new Set(events.map(({ itemId }) => itemId))].map(id => item(id))
  return { ...noRows, events, items, recommendations: lists, versions: [version], deadLetters: [deadLetter(1)] }
}

/** Two people over three days. */
function madeUp(): WarehouseBatch {
  const day = 86_400_000
  const acts: [user: string, item: string, time: number, changes?: Partial<EnrichedEvent>][] = [
    ['ada', 'tea', 0],
    ['ada', 'cup', 1, { reward: 1, liked: true, itemFeatures: '["kind=pot"]' }],
    ['bob', 'tea', 2],
    ['bob', 'cup', 3],
    ['ada', 'tea', day],
    ['bob', 'pan', 5 * day],
  ]
  const events = acts.map(([userId, itemId, time, changes], k) => event(k + 1, { userId, itemId, time, ...changes }))
  return {
    ...noRows,
    events,
    items: [item('tea', { title: 'Tea' }), item('never')],
    // Of ada's first list "cup" is taken before the second one, "tea" after it; of bob's nothing.
    recommendations: [list(1, 'ada', ['pan', 'cup']), list(2, 'ada', ['tea', 'pan']), list(4, 'bob', ['tea', 'cup'])],
    versions: [version],
    deadLetters: [deadLetter(1), deadLetter(2, { value: Buffer.from('{"userId":7}') })],
  }
}

async function answers(database: DuckDBInstance, number: number): Promise<unknown[][]> {
  const connection = await database.connect()
  await showTyped(connection)
  try {
    return (await connection.runAndReadAll(queries[number - 1]!))
      .getRowsJson()
      .map(row => row.map(value => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value)))
  } finally {
    connection.closeSync()
  }
}

test('there are twenty', () => {
  expect(queries).toHaveLength(20)
})

test.each(queries.map((_, k) => k + 1))('question %i is answered on the shipped sample', async number => {
  const rows = await answers(sample, number)
  expect(rows.length).toBeGreaterThan(0)
})

test('the answers are right: who came back, how far people went, what follows what', async () => {
  expect(await answers(made, 2)).toEqual([['1970-01-01', 2, 1, 2]])
  expect(await answers(made, 3)).toEqual([[5, 1, 1, 1]])
  expect((await answers(made, 9))[0]).toEqual(['tea', 'cup', 2, 1])
  expect(await answers(made, 10)).toEqual([[expect.stringMatching(/^1969-12-29/), 'kind=pot', 1, 1]])
})

test('the answers are right: what was rejected, where lists hit, what is shown', async () => {
  expect(await answers(made, 6)).toEqual([['invalid', 2, expect.anything(), expect.anything(), '{"userId":7}']])
  expect(await answers(made, 13)).toEqual([
    [1, 3, 1, 1 / 3],
    [2, 3, 1, 1 / 3],
  ])
  expect(await answers(made, 18)).toEqual([[3, 2, 6, 1 / 3]])
  expect((await answers(made, 15))[0]!.slice(0, 3)).toEqual(['ensemble', 'auc', 0.7])
})
