import { expect, test } from 'vitest'
import type { BehaviourEvent } from '../../src/records/definition.ts'
import { importSource } from '../../src/sources/import-source.ts'
import { contents, everything, freshLog, imported, marks, rowsOf, shop, topics } from './rows.ts'

test('rows that one partition lost are written again, and no others', async () => {
  const definition = shop(rowsOf({ users: 30, items: 4, events: 300 }), { partitions: 3 })
  const [twin, log] = [await freshLog(3), await freshLog(3)]
  await importSource({ log: twin, definition })
  const producer = await log.producer('shop.import')
  for (const topic of imported) {
    const records = await contents(twin, topic)
    for (const [partition, kept] of records.entries())
      await producer.append(topic, partition === 1 ? kept.slice(0, 2) : kept)
  }
  await producer.close()
  await importSource({ log, definition })
  expect(await everything(log)).toEqual(await everything(twin))
  await log.close()
  await twin.close()
})

test('a source that lost rows and was changed is appended whole, without the old rows before', async () => {
  const [twin, log] = [await freshLog(3), await freshLog(3)]
  await importSource({ log: twin, definition: shop(rowsOf({ users: 0, items: 0, events: 50 }), { partitions: 3 }) })
  const producer = await log.producer('shop.import')
  for (const [partition, kept] of (await contents(twin, topics.behaviourEvents)).entries()) {
    await producer.append(topics.behaviourEvents, partition === 1 ? kept.slice(0, 2) : kept)
  }
  await producer.close()
  const before = (await contents(log, topics.behaviourEvents)).flat().length
  const edit = (event: BehaviourEvent, row: number) => (row === 49 ? { ...event, value: -1 } : event)
  await importSource({ log, definition: shop(rowsOf({ users: 0, items: 0, events: 50 }, edit), { partitions: 3 }) })
  const after = (await contents(log, topics.behaviourEvents)).flat()
  expect(after.length).toBe(before + 50)
  expect(marks(after).filter(mark => mark!.startsWith('rows#2:')).length).toBe(50)
  await log.close()
  await twin.close()
})

test('partitions that were added since change nothing about which rows are there', async () => {
  const definition = shop(rowsOf({ users: 0, items: 0, events: 60 }), { partitions: 2 })
  const [twin, log] = [await freshLog(2), await freshLog(5)]
  await importSource({ log: twin, definition })
  const producer = await log.producer('shop.import')
  for (const kept of await contents(twin, topics.behaviourEvents)) await producer.append(topics.behaviourEvents, kept)
  await producer.close()
  await importSource({ log, definition })
  expect((await contents(log, topics.behaviourEvents)).flat().length).toBe(60)
  await log.close()
  await twin.close()
})
