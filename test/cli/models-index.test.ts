import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLearner } from '../../src/learner/create-learner.ts'
import { openBackend } from '../../src/nn/backend.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { answeredEvents } from '../learner/answered-events.ts'
import { smallPipeline, smallWorld, toBlocks } from '../learner/interest-stream.ts'
import { recstream } from './run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-models-index-'))
const layout = layoutOf(folder, 'small')
const options = { sessionMinutes: 5, sessionsFirst: 3, updateEvery: 16 }
const definition = {
  ...smallPipeline({ checkpointEvery: 128 }, { everyMs: 0 }),
  arms: [
    { name: 'ddpg-la', policy: 'ddpg-la' as const, share: 1, options },
    { name: 'today', policy: 'champion' as const, share: 1 },
  ],
}
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const models = (...args: string[]) => recstream(['models', ...args, '--data', folder])

beforeAll(async () => {
  const backend = await openBackend()
  const learner = createLearner({ definition, backend })
  const events = answeredEvents(smallWorld(256, 1), { definition, backend, shortLength: 4 })
  const [block] = toBlocks(events, { shortLength: 4, size: 256 })
  const { versions } = learner.consume(block!, 0, 256)
  learner.dispose()
  const warehouse = await openWarehouse({ ...layout, file: layout.warehouse })
  const none = { events: [], deadLetters: [], users: [], items: [], recommendations: [], commands: [], changes: [] }
  await warehouse.commit({ ...none, positions: [], versions })
  await warehouse.close()
})

test('says how the weights of an arm’s index moved, and nothing of arms that have none', async () => {
  const { stdout } = await models('--json')
  const listed = JSON.parse(stdout) as { index: Record<string, { serves: boolean; weights: Record<string, number> }> }[]
  expect(listed.map(({ index }) => Object.keys(index))).toEqual([['ddpg-la'], ['ddpg-la']])
  const [newest, first] = listed.map(({ index }) => index['ddpg-la']!)
  expect(newest).toMatchObject({ serves: true, weights: { rating: 1 } })
  expect(newest!.weights['fatigue']).not.toBe(first!.weights['fatigue'])
  const { stdout: table } = await models()
  expect(table).toContain('Weights of the index by which ddpg-la ranks')
  expect(table).toMatch(/version +rating +popularity +fatigue +quick fatigue +slow fatigue +interest +newness +serve\n/)
  expect(table).not.toContain('by which today ranks')
  // The arm is no policy that predicts.
  expect(table).toMatch(
    /^version +steps +serves +bias +ddpg-la-residual +ensemble +factorisation +popularity +lists of ddpg-la +lists of today/,
  )
})

test('two versions are compared by their weights too', async () => {
  const { stdout } = await models('compare', '128', '256')
  expect(stdout).toMatch(/ddpg-la +index\.fatigue +−?-?\d\.\d{4} +-?\d\.\d{4} +[+-]\d\.\d{4}/)
})
