import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeCommand } from '../../src/codec/output.ts'
import { openCheckpoints } from '../../src/learner/checkpoint.ts'
import { createLearner } from '../../src/learner/create-learner.ts'
import { networkWeights } from '../../src/learner/network-weights.ts'
import { decodeTensors, encodeTensors } from '../../src/learner/safetensors.ts'
import { openEmbeddedLog } from '../../src/log/embedded/embedded-log.ts'
import { openBackend } from '../../src/nn/backend.ts'
import { topicsOf } from '../../src/records/topics.ts'
import { layoutOf } from '../../src/run/layout.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import { smallPipeline, smallWorld, toBlocks } from '../learner/interest-stream.ts'
import { allOf } from '../log/fixtures/read.ts'
import { recstream } from './run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'recstream-models-'))
const layout = layoutOf(folder, 'small')
const definition = smallPipeline({ checkpointEvery: 128 })
const file = join(folder, 'actor.safetensors')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const models = (...args: string[]) => recstream(['models', ...args, '--data', folder])
const checkpoints = () => openCheckpoints({ folder: layout.checkpoints, definition, onDamaged: () => {} })

beforeAll(async () => {
  const learner = createLearner({ definition, backend: await openBackend() })
  const versions = []
  let offset = 0
  for (const block of toBlocks(smallWorld(256, 1), { shortLength: 4, size: 128 })) {
    versions.push(...learner.consume(block, 0, block.sequence.length).versions)
    await checkpoints().write(learner.save(), ++offset)
  }
  learner.dispose()
  const warehouse = await openWarehouse({ ...layout, file: layout.warehouse })
  const none = {
    events: [],
    deadLetters: [],
    users: [],
    items: [],
    recommendations: [],
    commands: [],
    changes: [],
    positions: [],
  }
  await warehouse.commit({ ...none, versions })
  await warehouse.close()
  await (await openEmbeddedLog({ folder: layout.log })).close()
})

test('lists versions, newest first, with every policy and what is kept', async () => {
  const { stdout, code } = await models('--json')
  expect(code).toBe(0)
  const listed = JSON.parse(stdout) as {
    version: number
    checkpoint: boolean
    checkpointBytes: number
    scores: { policy: string }[]
    served: Record<string, { events: number; recent: { hr10: number } }>
  }[]
  expect(listed.map(({ version, checkpoint }) => ({ version, checkpoint }))).toEqual([
    { version: 256, checkpoint: true },
    { version: 128, checkpoint: true },
  ])
  expect(listed[0]!.checkpointBytes).toBeGreaterThan(10_000)
  expect(new Set(listed[0]!.scores.map(({ policy }) => policy))).toContain('ddpg-la-residual')
  expect(listed[0]!.served['all']!.events).toBeGreaterThan(0)
  expect(listed[0]!.served['all']!.recent.hr10).toBeGreaterThan(0)
  const { stdout: table } = await models()
  expect(table).toMatch(/^version +steps +serves +bias +ddpg-la-residual +ensemble +/)
  expect(table).toMatch(/ checkpoint\n(.*\n)+?.* \d+(\.\d)? KiB\n/)
  expect(table).toContain('Policies by rmse, lists by HR@10, over all events')
})

test('compares two versions by score and by how far weights moved', async () => {
  const { stdout } = await models('compare', '128', '256', '--json')
  const compared = JSON.parse(stdout) as { sameWeights: boolean; weights: { name: string; moved: number }[] }
  expect(compared.sameWeights).toBe(false)
  expect(compared.weights.find(({ name }) => name === 'actor.first')!.moved).toBeGreaterThan(0)
  expect((await models('compare', '128', '300')).stderr).toBe(
    'error[CONFIG_INVALID]: There is no version 300; the nearest is 256.\n',
  )
})

test('weights go out with names and shapes', async () => {
  expect((await models('export', '--output', file)).stdout).toMatch(
    /^Wrote \d+ weights \([\d,]+ numbers\) of small, version 256/,
  )
  const exported = decodeTensors(readFileSync(file))
  const saved = (await checkpoints().newest())!.state
  expect(Object.keys(exported.tensors).sort()).toEqual(
    networkWeights(saved)
      .map(({ name }) => name)
      .sort(),
  )
  const { array, shape } = exported.tensors['live.first']!
  expect(shape).toHaveLength(2)
  expect(array).toHaveLength(shape[0]! * shape[1]!)
})

test('weights of a file and of a version before are given through the log', async () => {
  const where = ['--pipeline', fileURLToPath(new URL('../learner/process/small-arms.mjs', import.meta.url))]
  expect((await models('import', file, ...where)).stdout).toMatch(
    /^Given: the networks of small go on from the weights in /,
  )
  const { stdout } = await models('roll-back', '200', ...where, '--reason', 'the feed was broken', '--json')
  const { commandId } = JSON.parse(stdout) as { commandId: string }
  expect((await models('roll-back', '77', ...where)).stderr).toBe(
    'error[CONFIG_INVALID]: There is no checkpoint of version 77 or before; those of 128, 256 are kept (learn.checkpointsKept).\n',
  )
  const log = await openEmbeddedLog({ folder: layout.log })
  const given = (await allOf(log, topicsOf('small').commands)).map(({ value }) => decodeCommand(value!))
  await log.close()
  expect(given).toMatchObject([
    { kind: 'weights', appliedAt: null, weights: { version: null, tensors: readFileSync(file).toString('base64') } },
    { commandId, kind: 'weights', reason: 'the feed was broken', weights: { version: 200, tensors: null } },
  ])
})

test('refuses weights of another shape, and what is no such file', async () => {
  const { tensors, metadata } = decodeTensors(readFileSync(file))
  tensors['actor.first'] = { array: new Float32Array(6), shape: [2, 3] }
  writeFileSync(file, Buffer.concat(encodeTensors({ tensors, metadata })))
  expect((await models('import', file)).stderr).toMatch(
    /^error\[CHECKPOINT_MISMATCH\]: These weights do not fit this learner: actor.first is 2 × 3 there and /,
  )
  writeFileSync(file, 'no weights')
  expect((await models('import', file)).stderr).toMatch(/^error\[FILE_UNUSABLE\]: .* is not a safetensors file\.\n$/)
})

test('a version whose checkpoint is damaged is told in one sentence, whatever is asked of it', async () => {
  const { checkpoints: kept } = JSON.parse(readFileSync(join(layout.checkpoints, 'manifest.json'), 'utf8'))
  const newest = kept.at(-1) as { file: string; version: number }
  writeFileSync(join(layout.checkpoints, newest.file), 'no checkpoint')
  for (const args of [['compare', '128', `${newest.version}`], ['export', `${newest.version}`], ['export']]) {
    expect(await models(...args)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^error\[CHECKPOINT_CORRUPT\]: The checkpoint of version \d+ cannot be used \(.*\); .*\.\n$/,
      ),
    })
  }
  expect((await models()).code).toBe(0)
})
