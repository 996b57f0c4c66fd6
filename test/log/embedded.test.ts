import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { logContract } from '../contracts/log.ts'

describe('the embedded log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'recstream-log-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  logContract({ open: () => openEmbeddedLog({ folder }), histories: 40 })
})
