import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RecstreamError } from '../errors.ts'
import { failpoint } from '../failpoint.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { addBytes, piece } from '../state/add-bytes.ts'
import { type Identity, identityDifference, learnerIdentity } from './identity.ts'
import type { LearnerState } from './learner.ts'
import { encodeState, readState } from './safetensors.ts'

/** The list of whole checkpoints in a folder, oldest first. A file that is not named here does not count. */
interface Manifest {
  checkpoints: Entry[]
}
interface Entry {
  file: string
  number: number
  /** Sequences that the learner had consumed: the name of the model version that it holds. */
  version: number
  sha256: string
  bytes: number
  /** Where the log was read on to without anything to learn from, past the offset that the file was written with. */
  reached?: number
}

/** A whole checkpoint, and the offset to go on from. */
export interface Kept {
  state: LearnerState
  offset: number
}

/** A learner's checkpoints in one folder. */
export interface Checkpoints {
  /** The newest one that is whole, with the offset that it was written with; null when there is none. */
  newest(): Promise<Kept | null>
  /** The newest whole one of a learner that had not come to this row yet; null when none is kept. */
  before(sequence: number): Promise<Kept | null>
  write(state: LearnerState, offset: number): Promise<void>
  /** Note that nothing to learn from lies between the newest checkpoint and this offset; its file stays as it is. */
  reach(offset: number): Promise<void>
}

/**
 * Open a folder of checkpoints for one pipeline.
 *
 *     const checkpoints = openCheckpoints({ folder, definition, onDamaged: console.warn })
 *     await checkpoints.write(learner.save(), offset)
 *     const newest = await checkpoints.newest()
 *
 * A damaged checkpoint is passed over for the one before it and `onDamaged` is called; one that was written with other
 * settings is an error, since going on would mix two learners.
 */
export function openCheckpoints(options: {
  folder: string
  definition: PipelineDefinition
  onDamaged: (message: string) => void
}): Checkpoints {
  const { folder, definition, onDamaged } = options
  const fitting = (state: LearnerState | null): Kept | null => {
    if (state === null) return null
    const { identity } = state.meta as { identity: Identity }
    const difference = identityDifference(identity, learnerIdentity(definition))
    if (difference !== null) {
      throw new RecstreamError('CHECKPOINT_MISMATCH', `The checkpoints in ${folder} do not fit: ${difference}.`)
    }
    return { state, offset: state.meta['offset'] as number }
  }
  return {
    newest: async () => fitting(await readNewestCheckpoint(folder, onDamaged)),
    before: async sequence => fitting(await readNewestCheckpoint(folder, onDamaged, sequence)),
    reach: offset => noteReached(folder, offset),
    async write(state, offset) {
      const kept = definition.learn.checkpointsKept
      await writeCheckpoint(folder, { arrays: state.arrays, meta: { ...state.meta, offset } }, kept)
    },
  }
}

/**
 * Write a checkpoint all or not at all: under a temporary name, synced, renamed, and only then named in the manifest with
 * its SHA-256; older ones than the last `kept` are removed. Returns the file's name.
 */
export async function writeCheckpoint(folder: string, state: LearnerState, kept: number): Promise<string> {
  await mkdir(folder, { recursive: true })
  const { checkpoints } = await readManifest(folder)
  const number = (checkpoints.at(-1)?.number ?? 0) + 1
  const file = `checkpoint-${String(number).padStart(8, '0')}.safetensors`
  const chunks = encodeState(state)
  const hash = createHash('sha256')
  for (const chunk of chunks) addBytes(hash, chunk)
  await replaceFile(folder, file, chunks)
  const bytes = chunks.reduce((total, chunk) => total + chunk.length, 0)
  const version = state.meta['sequences'] as number
  const list = [...checkpoints, { file, number, version, sha256: hash.digest('hex'), bytes }].slice(-kept)
  failpoint('manifest.before')
  await writeManifest(folder, list)
  failpoint('manifest.after')
  const named = new Set([manifestName, ...list.map(checkpoint => checkpoint.file)])
  for (const name of await readdir(folder)) if (!named.has(name)) await rm(join(folder, name), { force: true })
  return file
}

/**
 * The newest checkpoint that is whole, of those whose learner had not come to the row `below`; `damaged` is called for each
 * that is not whole. Null when there is none.
 */
export async function readNewestCheckpoint(
  folder: string,
  damaged: (message: string) => void,
  below = Number.POSITIVE_INFINITY,
): Promise<LearnerState | null> {
  const { checkpoints } = await readManifest(folder)
  for (const entry of checkpoints.toReversed()) {
    // As many rows at least as sequences: what is read in vain is little.
    if (entry.version >= below) continue
    try {
      const state = await readWhole(folder, entry)
      if ((state.meta['position'] as number) >= below) continue
      return entry.reached === undefined ? state : { ...state, meta: { ...state.meta, offset: entry.reached } }
    } catch (error) {
      damaged(`Checkpoint ${entry.file} cannot be used (${(error as Error).message}); the one before it is used.`)
    }
  }
  if (checkpoints.length > 0 && below === Number.POSITIVE_INFINITY) {
    throw new RecstreamError(
      'CHECKPOINT_CORRUPT',
      `No checkpoint in ${folder} is whole; remove the folder to learn again from the start of the log.`,
    )
  }
  return null
}

/** Versions whose checkpoints are kept in a folder, oldest first. */
export async function keptVersions(folder: string): Promise<number[]> {
  return (await readManifest(folder)).checkpoints.map(({ version }) => version)
}

/** The kept checkpoint of one version; null when it is not, or no longer, kept. CHECKPOINT_CORRUPT where it is damaged. */
export async function readCheckpoint(folder: string, version: number): Promise<LearnerState | null> {
  const { checkpoints } = await readManifest(folder)
  const entry = checkpoints.findLast(each => each.version === version)
  if (entry === undefined) return null
  try {
    return await readWhole(folder, entry)
  } catch (cause) {
    throw new RecstreamError(
      'CHECKPOINT_CORRUPT',
      `The checkpoint of version ${version} cannot be used (${entry.file}: ${(cause as Error).message}); name another version.`,
      { cause },
    )
  }
}

/** Array by array: the whole may be larger than a file that can be read at once. */
async function readWhole(folder: string, { file, sha256, bytes }: Entry): Promise<LearnerState> {
  const handle = await open(join(folder, file))
  try {
    let left = bytes
    if ((await handle.stat()).size !== bytes) throw new RangeError(`it is not of ${bytes} bytes`)
    const hash = createHash('sha256')
    const state = await readState(async length => {
      left -= length
      if (left < 0) throw new RangeError('it ends too early')
      const into = new Uint8Array(length)
      for (let at = 0; at < length; ) {
        const { bytesRead } = await handle.read(into, at, Math.min(piece, length - at))
        if (bytesRead === 0) throw new RangeError('it ends too early')
        at += bytesRead
      }
      addBytes(hash, into)
      return into
    })
    if (left === 0 && hash.digest('hex') === sha256) return state
    throw new RangeError('its SHA-256 is not the one that the manifest says')
  } finally {
    await handle.close()
  }
}

async function noteReached(folder: string, offset: number): Promise<void> {
  const { checkpoints } = await readManifest(folder)
  const newest = checkpoints.at(-1)
  if (newest !== undefined) await writeManifest(folder, [...checkpoints.slice(0, -1), { ...newest, reached: offset }])
}

const manifestName = 'manifest.json'

function writeManifest(folder: string, checkpoints: readonly Entry[]): Promise<void> {
  return replaceFile(folder, manifestName, [Buffer.from(`${JSON.stringify({ checkpoints }, null, 2)}\n`)])
}

async function readManifest(folder: string): Promise<Manifest> {
  let text: string
  try {
    text = await readFile(join(folder, manifestName), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { checkpoints: [] }
    throw error
  }
  try {
    const manifest = JSON.parse(text) as Manifest
    if (Array.isArray(manifest.checkpoints) && manifest.checkpoints.every(isEntry)) return manifest
  } catch {
    // Falls through to the error below.
  }
  throw new RecstreamError(
    'CHECKPOINT_CORRUPT',
    `${join(folder, manifestName)} is damaged; remove the folder to learn again from the start of the log.`,
  )
}

function isEntry(entry: Partial<Entry> | null): boolean {
  if (typeof entry?.file !== 'string' || typeof entry.sha256 !== 'string') return false
  return [entry.number, entry.version, entry.bytes].every(Number.isSafeInteger)
}

/** Put a file in place so that after a crash it is either the old one or the new one, and on disk when this returns. */
async function replaceFile(folder: string, name: string, chunks: Uint8Array[]): Promise<void> {
  const temporary = join(folder, `${name}.tmp`)
  const handle = await open(temporary, 'w')
  try {
    for (const chunk of chunks) if (chunk.length > 0) await handle.writeFile(chunk)
    failpoint('fsync.before')
    await handle.sync()
    failpoint('fsync.after')
  } finally {
    await handle.close()
  }
  failpoint('rename.before')
  await rename(temporary, join(folder, name))
  failpoint('rename.after')
  const directory = await open(folder, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
