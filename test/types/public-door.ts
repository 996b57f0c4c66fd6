// How what the package exports may be used, and what the compiler must refuse; `npm run types` checks it, nothing is run.
import {
  codes,
  columns,
  type ErrorCode,
  type Item,
  type Log,
  openEmbeddedLog,
  type PipelineDefinition,
  type Recommendation,
  RecstreamError,
  readLines,
  seededRandom,
  topicsOf,
  type UserProfile,
  withSettings,
} from '../../src/index.ts'
import { testPipeline } from '../../src/testing/index.ts'

declare const definition: PipelineDefinition
declare const list: Recommendation

// Errors have one of the known codes.
const code: ErrorCode = new RecstreamError('SOURCE_MISSING', 'There is no folder.').code
const retriable: boolean = codes[code].retriable
// @ts-expect-error: there is no such code
new RecstreamError('SOURCE_GONE', 'There is no folder.')
// @ts-expect-error: the code of an error is not to be changed
new RecstreamError('INTERNAL', '').code = 'LOG_CORRUPT'
// @ts-expect-error: the list of codes is closed
codes.SOURCE_GONE

// A definition is changed by paths, and is itself not to be changed.
withSettings(definition, { 'learn.seed': 2 })
// @ts-expect-error: settings come as an object
withSettings(definition, 'learn.seed=2')
// @ts-expect-error: an arm of a definition is not to be added in place
definition.arms.push({ name: 'plan', policy: 'dqn', share: 1 })

// Logs.
const log: Log = await openEmbeddedLog({ folder: '.recstream/shop/log' })
const producer = await log.producer('import')
await producer.append(topicsOf('shop').items, [{ key: '7', value: Buffer.from('{}'), timestamp: 0 }])
// @ts-expect-error: a value is bytes
await producer.append('shop.items', [{ key: '7', value: { title: 'Tea' }, timestamp: 0 }])
// @ts-expect-error: a record has a time
await producer.append('shop.items', [{ key: '7', value: null }])
// @ts-expect-error: a log lies in a folder
await openEmbeddedLog({})

// Records.
const item: Item = { itemId: '7', title: 'Tea', attributes: { maker: 'x' }, tags: [] }
// @ts-expect-error: attributes are texts
const priced: Item = { ...item, attributes: { price: 3 } }
// @ts-expect-error: a profile is of somebody
const nobody: UserProfile = { attributes: {} }
const first: string | undefined = list.items[0]?.itemId

// What sources read with.
for await (const lines of readLines('events.csv', 'latin1')) lines.join('\n')
// @ts-expect-error: there is no such encoding
readLines('events.csv', 'utf16')
const drawn: number = seededRandom(1, 'shop').uniform()
// @ts-expect-error: chance begins at a seed
seededRandom()

// The driver for tests of one's own pipeline.
const pipeline = testPipeline(definition, { seed: 1 })
const reward: number | undefined = pipeline.send({ userId: 'ada', itemId: 'tea', behaviour: 'buy' }).row?.reward
// @ts-expect-error: an event has a behaviour
pipeline.send({ userId: 'ada', itemId: 'tea' })
// @ts-expect-error: rows are only read
pipeline.rows.push(pipeline.rows[0]!)

export const used = [retriable, priced, nobody, first, drawn, reward, columns]
