import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultArms } from '../../src/arms/defaults.ts'
import { keptVersions, openCheckpoints, readCheckpoint, writeCheckpoint } from '../../src/learner/checkpoint.ts'
import { learnerIdentity } from '../../src/learner/identity.ts'
import type { LearnerState } from '../../src/learner/learner.ts'
import { manifestName, readManifest, writeManifest } from '../../src/learner/manifest.ts'
import { encodeState, readState } from '../../src/learner/safetensors.ts'
import type { PipelineDefinition } from '../../src/records/definition.ts'
import { defaultLearn, defaultPlan, defaultRecommend } from '../../src/settings/defaults.ts'
import { flipBit } from '../promises/damage.ts'

const definition = {
  name: 'films',
  learn: { ...defaultLearn, hiddenSize: 32, checkpointsKept: 2 },
  recommend: defaultRecommend,
  arms: defaultArms,
  plan: defaultPlan,
  window: { shortLength: 5, usersInMemory: 1000, itemsInMemory: 1000 },
  scale: { kind: 'rating', min: 1, max: 5 },
} as unknown as PipelineDefinition
const identity = learnerIdentity(definition)

const state = (n: number): LearnerState => ({
  arrays: {
    b: Float64Array.of(n, Number.NaN),
    a: Uint8Array.of(1, 2, 3),
    c: Float32Array.of(n, -0),
    d: new Int32Array(0),
  },
  meta: { identity, sequences: n },
})

let folder: string
let damaged: string[]
const store = (other: Partial<PipelineDefinition> = {}) =>
  openCheckpoints({ folder, definition: { ...definition, ...other }, onDamaged: message => damaged.push(message) })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoints-'))
  damaged = []
})
afterEach(() => rm(folder, { recursive: true }))

test('gives back the newest state, bit for bit, with its offset', async () => {
  await store().write(state(1), 10)
  await store().write(state(2), 20)
  const newest = await store().newest()
  expect(newest?.offset).toBe(20)
  expect(newest?.state.arrays).toEqual(state(2).arrays)
  expect(Object.is(newest?.state.arrays['c']?.[1], -0)).toBe(true)
  expect(newest?.state.meta['sequences']).toBe(2)
})

test('an empty folder has none', async () => {
  expect(await store().newest()).toBeNull()
})

test('keeps only the last ones, and clears away what a crash left', async () => {
  await writeFile(join(folder, 'checkpoint-00000009.safetensors.tmp'), 'half')
  for (let n = 1; n <= 4; n++) await store().write(state(n), n)
  expect((await readdir(folder)).sort()).toEqual([
    expect.stringMatching(/^checkpoint-00000003-[0-9a-f]{16}\.safetensors\.gz$/),
    expect.stringMatching(/^checkpoint-00000004-[0-9a-f]{16}\.safetensors\.gz$/),
    'manifest.json',
  ])
})

test('passes over a damaged one with a warning: short, or with one bit turned', async () => {
  await store().write(state(1), 1)
  const { file: second } = await writeCheckpoint(folder, state(2), 3)
  const { file: third } = await writeCheckpoint(folder, state(3), 3)
  await truncate(join(folder, third), 100)
  const bytes = await readFile(join(folder, second))
  bytes[bytes.length - 1]! ^= 1
  await writeFile(join(folder, second), bytes)
  expect((await store().newest())?.state.meta['sequences']).toBe(1)
  expect(damaged).toHaveLength(1)
  expect(damaged[0]).toMatch(`${third} (it is not of `)
  expect(damaged[0]).toMatch(`${second} (its SHA-256 is not `)
})

test('a damaged one takes no place among those that are kept', async () => {
  const kept = store()
  await kept.write(state(1), 1)
  await kept.write(state(2), 2)
  const second = (await readdir(folder)).find(name => name.startsWith('checkpoint-00000002'))!
  await truncate(join(folder, second), 7)
  const again = store()
  expect((await again.newest())?.offset).toBe(1)
  await again.write(state(3), 3)
  expect(await keptVersions(folder)).toEqual([1, 3])
  expect(await readdir(folder)).not.toContain(second)
})

test('says so when every one is damaged, instead of starting over in silence', async () => {
  const { file: only } = await writeCheckpoint(folder, state(1), 3)
  await rm(join(folder, only))
  await expect(store().newest()).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' })
})

test('a version whose file is damaged or gone is told in one sentence that names both', async () => {
  const { file } = await writeCheckpoint(folder, state(7), 3)
  await truncate(join(folder, file), 100)
  await expect(readCheckpoint(folder, 7)).rejects.toMatchObject({
    code: 'CHECKPOINT_CORRUPT',
    message: expect.stringMatching(
      `^The checkpoint of version 7 cannot be used \\(${file}: it is not of \\d+ bytes\\); name another version\\.$`,
    ),
  })
  await rm(join(folder, file))
  await expect(readCheckpoint(folder, 7)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' })
})

test.each([
  ['no JSON', '{'],
  ['nothing', '{}'],
  ['no checkpoint', '{"checkpoints":[null]}'],
  ['too little', '{"checkpoints":[{"file":"a","sha256":"b"}]}'],
  ['other things than were written', '{"checkpoints":[],"sha256":"0"}'],
  ['nothing at all', null],
])('where the manifest says %s, the whole ones beside it count', async (_, text) => {
  await store().write(state(1), 10)
  await store().write(state(2), 20)
  const newest = (await readdir(folder)).find(name => name.startsWith('checkpoint-00000002'))!
  await (text === null ? rm(join(folder, manifestName)) : writeFile(join(folder, manifestName), text))
  const mended = store()
  expect((await mended.newest())?.offset).toBe(20)
  expect(await keptVersions(folder)).toEqual([1, 2])
  expect(damaged).toEqual([expect.stringMatching(`manifest.json is (damaged|gone); ${newest} is the newest`)])
  await truncate(join(folder, newest), 100)
  expect((await store().newest())?.offset).toBe(10)
  await mended.write(state(3), 30)
  damaged = []
  expect((await store().newest())?.offset).toBe(30)
  expect(damaged).toEqual([])
})

test('a first manifest that could not be written is no manifest that is gone', async () => {
  const inTheWay = join(folder, `${manifestName}.tmp`)
  await mkdir(inTheWay)
  await expect(store().write(state(1), 10)).rejects.toMatchObject({ code: 'EISDIR' })
  expect(await store().newest()).toBeNull()
  await rm(inTheWay, { recursive: true })
  await store().write(state(1), 10)
  expect((await store().newest())?.offset).toBe(10)
  expect(damaged).toEqual([])
})

test('no bit that turns in the manifest changes what is gone on from', async () => {
  await store().write(state(1), 10)
  await store().write(state(2), 20)
  const manifest = join(folder, manifestName)
  const bytes = await readFile(manifest)
  for (let at = 0; at < bytes.length; at += 5) {
    await writeFile(manifest, bytes)
    flipBit(manifest, at, at % 8)
    expect([at, (await store().newest())?.offset]).toEqual([at, 20])
  }
})

test('a damaged manifest with no whole checkpoint beside it is told in one sentence', async () => {
  await writeFile(join(folder, manifestName), '{')
  for (const read of [() => store().newest(), () => readCheckpoint(folder, 1), () => keptVersions(folder)]) {
    await expect(read()).rejects.toMatchObject({
      code: 'CHECKPOINT_CORRUPT',
      message: expect.stringContaining('manifest.json is damaged, and no whole checkpoint is beside it'),
    })
  }
  // It is written over.
  await store().write(state(1), 10)
  expect((await store().newest())?.offset).toBe(10)
})

test('refuses checkpoints of another pipeline or of other sizes, and names the difference', async () => {
  await store().write(state(1), 1)
  await expect(store({ name: 'songs' }).newest()).rejects.toMatchObject({
    code: 'CHECKPOINT_MISMATCH',
    message: expect.stringContaining('they are of the pipeline "films" and this is "songs"'),
  })
  const other = store({ learn: { ...definition.learn, hiddenSize: 7 } })
  await expect(other.newest()).rejects.toThrow(
    /learn\.hiddenSize is 32 there and 7 here; set it back \(--set learn\.hiddenSize=32\), or use another data folder\.$/,
  )
  const rate = store({ learn: { ...definition.learn, learningRate: 0.5 } })
  expect(await rate.newest()).not.toBeNull()
})

test('is laid out as safetensors, compressed: aligned arrays behind a JSON header', async () => {
  const { file, bytes: size } = await writeCheckpoint(folder, state(1), 1)
  const compressed = await readFile(join(folder, file))
  expect(compressed.length).toBe(size)
  const bytes = gunzipSync(compressed)
  const length = Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString())
  expect(header.b).toEqual({ dtype: 'F64', shape: [2], data_offsets: [0, 16] })
  expect(length % 8).toBe(0)
  expect(bytes.length).toBe(8 + length + 16 + 8 + 3)
})

test('one that an earlier version wrote, not compressed, is gone on from', async () => {
  await store().write(state(1), 10)
  const [entry] = await readManifest(folder)
  await rm(join(folder, entry!.file))
  const bytes = Buffer.concat(encodeState({ ...state(1), meta: { ...state(1).meta, offset: 10 } }))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = `checkpoint-00000001-${sha256.slice(0, 16)}.safetensors`
  await writeFile(join(folder, file), bytes)
  await writeManifest(folder, [{ ...entry!, file, sha256, bytes: bytes.length }])
  expect((await store().newest())?.state.arrays).toEqual(state(1).arrays)
  await rm(join(folder, manifestName))
  expect((await store().newest())?.offset).toBe(10)
  await store().write(state(2), 20)
  expect(await keptVersions(folder)).toEqual([1, 2])
})

test('arrays of several pieces come back as they were, and what repeats takes little', async () => {
  const arrays = { a: Float64Array.from({ length: 200_000 }, (_, k) => k % 7), b: Uint8Array.of(9) }
  expect(await store().write({ ...state(1), arrays }, 10)).toBeLessThan(200_000)
  expect((await store().newest())?.state.arrays).toEqual(arrays)
})

test('is read array by array, since the whole may be larger than one buffer', async () => {
  const bytes = Buffer.concat(encodeState(state(1)))
  const header = Number(bytes.readBigUInt64LE(0))
  const taken: number[] = []
  let at = 0
  const read = await readState(async length => {
    taken.push(length)
    at += length
    return Uint8Array.from(bytes.subarray(at - length, at))
  })
  expect(read).toEqual(state(1))
  expect(taken).toEqual([8, header, 16, 8, 0, 3])
})
