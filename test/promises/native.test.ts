import { expect, test } from 'vitest'
import { openBackend } from '../../src/nn/backend.ts'
import { inFolder, lasting, type Run, undisturbed } from './twins.ts'

const native = await openBackend('native').then(
  () => true,
  () => false,
)
// Where the native binding is asked for and does not load, that is a failure, not a reason to skip.
const asked = process.env['RECSTREAM_BACKEND'] === 'native'

test.skipIf(!native && !asked)('the native backend trains in a whole run, the same bits twice', () =>
  inFolder(async folder => {
    const run = (data: string): Run => ({
      name: 'generated',
      pipeline: 'generated',
      source: 'events=3000,users=100,items=80',
      settings: ['learn.checkpointEvery=1000'],
      data: `${folder}/${data}`,
    })
    const first = await undisturbed(run('first'))
    expect(first.summary.backend).toBe('native')
    expect(lasting(await undisturbed(run('second')))).toEqual(lasting(first))
  }),
)
