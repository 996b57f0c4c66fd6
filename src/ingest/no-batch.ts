import type { WarehouseBatch } from '../records/warehouse.ts'

/** A batch without rows, to put positions in. */
export const noBatch: WarehouseBatch = {
  ...{ events: [], deadLetters: [], users: [], items: [], changes: [] },
  ...{ recommendations: [], versions: [], commands: [], positions: [] },
}

/** Batches as one: what stands in a later one holds. */
export function together(batches: readonly WarehouseBatch[]): WarehouseBatch {
  if (batches.length === 1) return batches[0]!
  const all = <Name extends 'events' | 'deadLetters' | 'users' | 'items' | 'changes'>(name: Name) =>
    batches.flatMap(batch => batch[name] as never[]) as WarehouseBatch[Name]
  return {
    ...Object.assign({}, ...batches),
    ...{ events: all('events'), deadLetters: all('deadLetters'), users: all('users'), items: all('items') },
    changes: all('changes'),
    recommendations: batches.flatMap(({ recommendations }) => recommendations),
    order: batches.flatMap(({ order = [] }) => order),
    versions: batches.flatMap(({ versions }) => versions),
    commands: batches.flatMap(({ commands }) => commands),
    positions: batches.flatMap(({ positions }) => positions),
  }
}
