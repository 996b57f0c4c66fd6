import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of this process alone, for what need not outlive it; it is not there yet. */
export const scratchFolder = (): string => join(tmpdir(), `recstream-${randomUUID()}`)
