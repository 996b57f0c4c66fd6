import { expect, test } from 'vitest'
import { noBatch, together } from '../../src/ingest/no-batch.ts'
import type { WarehouseBatch } from '../../src/records/warehouse.ts'

/** Lists that hold one thing each, whatever it is. */
const filled = (mark: string): WarehouseBatch =>
  ({
    ...Object.fromEntries(Object.keys(noBatch).map(name => [name, [mark]])),
    order: [mark],
  }) as unknown as WarehouseBatch

test('of batches that are committed as one nothing is left out, the order of blocks neither', () => {
  const all = together([filled('a'), filled('b')])
  for (const name of [...Object.keys(noBatch), 'order'] as const)
    expect(all[name as keyof WarehouseBatch], name).toEqual(['a', 'b'])
})
