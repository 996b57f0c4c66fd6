import type { Row } from './row.ts'
import { failpointsRow, kill } from './rows/deaths.ts'

/** Every kind of fault, in the order of the page docs/operate/faults.md. */
export const rows: readonly Row[] = [kill, failpointsRow]
