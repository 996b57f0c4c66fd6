import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of this process alone, for what need not outlive it; whoever asks for it removes it. */
export const scratchFolder = (): string => mkdtempSync(join(tmpdir(), 'recstream-'))
