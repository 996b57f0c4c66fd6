import type { Row } from './row.ts'
import { broker } from './rows/brokers.ts'
import { warehouse } from './rows/damage.ts'
import { halfDone, kill } from './rows/deaths.ts'
import { doors } from './rows/doors.ts'
import { signals, twoFolders, twoStarts } from './rows/starts.ts'

/** Every kind of fault, in the order of the page docs/operate/faults.md. */
export const rows: readonly Row[] = [kill, halfDone, broker, twoFolders, twoStarts, warehouse, signals, doors]
