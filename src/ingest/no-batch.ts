import type { WarehouseBatch } from '../records/warehouse.ts'

/** A batch without rows, to put positions in. */
export const noBatch: WarehouseBatch = {
  ...{ events: [], deadLetters: [], users: [], items: [], changes: [] },
  ...{ recommendations: [], versions: [], commands: [], positions: [], order: [] },
}

/** Batches as one: of lists all that any holds, of all else what stands in a later one. */
export function together(batches: readonly WarehouseBatch[]): WarehouseBatch {
  if (batches.length === 1) return batches[0]!
  const lists = Object.keys(noBatch) as (keyof WarehouseBatch)[]
  const joined = lists.map(name => [name, batches.flatMap(batch => (batch[name] ?? []) as readonly unknown[])])
  return Object.assign({}, ...batches, Object.fromEntries(joined))
}
