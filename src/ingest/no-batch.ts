import type { WarehouseBatch } from '../records/warehouse.ts'

/** A batch without rows, to put positions in. */
export const noBatch: WarehouseBatch = {
  ...{ events: [], deadLetters: [], users: [], items: [], changes: [] },
  ...{ recommendations: [], versions: [], commands: [], positions: [] },
}
