import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { refuseSecond } from '../../../src/cli/start/refuse-second.ts'
import { serveControl } from '../../../src/run/control.ts'
import { layoutOf } from '../../../src/run/layout.ts'

const data = mkdtempSync(join(tmpdir(), 'recstream-second-'))
const layout = layoutOf(data, 'shop')
mkdirSync(layout.root)
afterAll(() => rmSync(data, { recursive: true, force: true }))

test('a pipeline that runs already is not started again, and one that ended is', async () => {
  await refuseSecond('shop', layout)
  const control = await serveControl(layout.control, { status: async () => ({}), snapshot: async () => ({}) })
  await expect(refuseSecond('shop', layout)).rejects.toMatchObject({ code: 'ALREADY_RUNNING' })
  await control.close()
  await refuseSecond('shop', layout)
})
