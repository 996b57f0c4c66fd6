import { mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { holdPipeline } from '../../../src/cli/start/hold-pipeline.ts'
import { layoutOf } from '../../../src/run/layout.ts'

const data = mkdtempSync(join(tmpdir(), 'recstream-second-'))
const layout = layoutOf(data, 'shop')
afterAll(() => rmSync(data, { recursive: true, force: true }))

test('a pipeline that runs already is refused by the number of its process, and one that ended is started', async () => {
  const held = await holdPipeline('shop', layout)
  await expect(holdPipeline('shop', layout)).rejects.toMatchObject({
    code: 'ALREADY_RUNNING',
    message: expect.stringContaining(`in ${layout.root} is run by process ${process.pid} on ${hostname()} since `),
  })
  held.release()
  ;(await holdPipeline('shop', layout)).release()
})

test('of several that begin together one goes on', async () => {
  const all = await Promise.allSettled([1, 2, 3].map(() => holdPipeline('shop', layout)))
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const each of all) if (each.status === 'fulfilled') each.value.release()
})

test('a path that is too long for the files of a pipeline is refused before there are any', () => {
  const long = join(data, ...Array.from({ length: 19 }, () => 'd'.repeat(200)))
  expect(() => holdPipeline('shop', layoutOf(long, 'shop'))).toThrow(/ENAMETOOLONG/)
  expect(() => holdPipeline('shop', layoutOf(join(data, 'd'.repeat(300)), 'shop'))).toThrow(/ENAMETOOLONG/)
})
