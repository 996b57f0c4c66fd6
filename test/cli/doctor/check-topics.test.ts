import { expect, test } from 'vitest'
import { checkTopics } from '../../../src/cli/doctor/check-topics.ts'
import { layoutOf } from '../../../src/run/layout.ts'

const connection = { brokers: ['127.0.0.1:1'] }
const chosen = (name: string) => ({ name, layout: layoutOf('nowhere', name) })

test('a setting that is wrong is said, not taken for a pipeline whose definition is not here', async () => {
  const checking = checkTopics(chosen('movielens'), {
    given: 'movielens',
    connection,
    settings: { partitions: 'many' },
  })
  await expect(checking).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('partitions'),
  })
})

test('a pipeline whose definition is not here is passed over', async () => {
  expect(await checkTopics(chosen('shop'), { given: 'shop', connection, settings: {} })).toEqual([])
})
