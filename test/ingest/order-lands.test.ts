import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeBlockOrder } from '../../src/codec/block-order.ts'
import { Ingest } from '../../src/ingest/ingest.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { topicSpecs, topicsOf } from '../../src/records/topics.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { shopPipeline } from './order/shop.ts'

test('the order of blocks stands in the tables of the first part', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-order-'))
  const log = await openEmbeddedLog({ folder: join(folder, 'log') })
  const file = join(folder, 'w.duckdb')
  const warehouse = await openWarehouse({ file, snapshots: join(folder, 's'), archive: join(folder, 'a') })
  try {
    await log.ensureTopics(topicSpecs('shop', 2, 'forever', 2))
    const none = { row: 0, change: 0, offset: 0 }
    const taken = [{ part: 1, from: 0, to: 4, base: 0, changeFrom: 0, change: 2, changeBase: 0, offset: 0 }]
    const producer = await log.producer('shop.learn')
    const value = encodeBlockOrder({ row: 0, change: 0, parts: [none, none], taken })
    await producer.append(topicsOf('shop').blockOrder, [{ key: null, timestamp: 0, value }])
    await producer.close()
    const definition = shopPipeline({ parts: 2, partitions: 2 })
    const ingest = await Ingest.open({ definition, part: { part: 0, of: 2 }, log, warehouse, clock: () => 0 })
    while (await ingest.step(0));
    await ingest.close()
    const sql = 'SELECT part, from_row, to_row, base FROM recovery.block_order'
    expect((await runQuery({ snapshot: await warehouse.snapshot(), sql })).rows).toEqual([[1, 0, 4, 0]])
  } finally {
    await warehouse.close()
    await log.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
