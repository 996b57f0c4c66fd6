import type { Row } from './row.ts'
import { broker } from './rows/brokers.ts'
import { checkpoints, embeddedLog, warehouse } from './rows/damage.ts'
import { halfDone, kill } from './rows/deaths.ts'
import { doors } from './rows/doors.ts'
import { forget } from './rows/forget.ts'
import { fullDisk } from './rows/full-disk.ts'
import { limits, secrets, time, topics } from './rows/held-by-tests.ts'
import { poison } from './rows/poison.ts'
import { sql } from './rows/questions.ts'
import { registry } from './rows/registry.ts'
import { rewards } from './rows/rewards.ts'
import { slow } from './rows/slow.ts'
import { signals, twoFolders, twoStarts } from './rows/starts.ts'

/** Every kind of fault, in the order of the page docs/operate/faults.md. */
export const rows: readonly Row[] = [
  ...[kill, halfDone, broker, twoFolders, twoStarts],
  ...[warehouse, checkpoints, embeddedLog, fullDisk, limits],
  ...[poison, time, rewards, registry, topics, slow, signals, sql, doors, secrets, forget],
]
