import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isRecstreamError, RecstreamError } from '../errors.ts'
import { failpoint } from '../failpoint.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import { gzipped } from './checkpoint-bytes.ts'
import { foldArrays } from './folded-arrays.ts'
import { type Identity, identityDifference, learnerIdentity } from './identity.ts'
import type { LearnerState } from './learner.ts'
import {
  checkpointName,
  type Entry,
  manifestName,
  nextNumber,
  readManifest,
  readWhole,
  replaceFile,
  usersBeside,
  writeManifest,
} from './manifest.ts'
import { encodeState } from './safetensors.ts'
import { type ColdFiles, usersFolder } from './users/cold-files.ts'

/** A whole checkpoint, and the offset to go on from. */
export interface Kept {
  state: LearnerState
  offset: number
  /** On disk. */
  bytes: number
}

/** What checkpoints need of the users who are not in memory. */
export type CheckpointUsers = Pick<ColdFiles, 'check' | 'sync' | 'keepOnly'>

const usersOf = ({ arrays }: LearnerState) => withPrefix('pages.cold', arrays as SavedArrays)

/** A learner's checkpoints in one folder. */
export interface Checkpoints {
  /** The newest one that is whole, with the offset that it was written with; null when there is none. */
  newest(): Promise<Kept | null>
  /** The newest whole one of a learner that had not come to this row yet; null when none is kept. */
  before(sequence: number): Promise<Kept | null>
  /** The newest whole one of a version that is not newer than this one; null when none is kept. */
  upTo(version: number): Promise<LearnerState | null>
  /** How many bytes it takes on disk. */
  write(state: LearnerState, offset: number): Promise<number>
  /** The same, and no other one is kept; how many there were before. */
  writeAlone(state: LearnerState, offset: number): Promise<{ bytes: number; before: number }>
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
  /** Users who are not in memory lie in files of their own, which go with the checkpoints. */
  users?: CheckpointUsers | undefined
}): Checkpoints {
  const { folder, definition, onDamaged, users } = options
  /** Files that were found damaged: they take no place among those that are kept. */
  const unusable = new Set<string>()
  const fitting = (found: Pick<Kept, 'state' | 'bytes'> | null): Kept | null => {
    if (found === null) return null
    const { state, bytes } = found
    const { identity } = state.meta as { identity: Identity }
    const difference = identityDifference(identity, learnerIdentity(definition))
    if (difference !== null) {
      throw new RecstreamError('CHECKPOINT_MISMATCH', `The checkpoints in ${folder} do not fit: ${difference}.`)
    }
    return { state, bytes, offset: state.meta['offset'] as number }
  }
  return {
    newest: async () => fitting(await readNewestCheckpoint(folder, { onDamaged, unusable, users })),
    before: async sequence =>
      fitting(await readNewestCheckpoint(folder, { onDamaged, unusable, users, below: sequence })),
    async upTo(version) {
      const kept = await keptVersions(folder)
      for (const each of kept.filter(each => each <= version).toReversed()) {
        try {
          return await readCheckpoint(folder, each)
        } catch (error) {
          if (!isRecstreamError(error, 'CHECKPOINT_CORRUPT')) throw error
          onDamaged(error.message)
        }
      }
      return null
    },
    reach: offset => noteReached(folder, offset),
    async write(state, offset) {
      const kept = definition.learn.checkpointsKept
      const { arrays, meta } = state
      const how = { unusable, users }
      return (await writeCheckpoint(folder, { arrays, meta: { ...meta, offset } }, kept, how)).bytes
    },
    async writeAlone(state, offset) {
      const before = (await keptVersions(folder)).length
      const { arrays, meta } = state
      return {
        before,
        bytes: (await writeCheckpoint(folder, { arrays, meta: { ...meta, offset } }, 1, { users })).bytes,
      }
    },
  }
}

/**
 * Write a checkpoint all or not at all: under a temporary name, synced, renamed, and only then named in the manifest with
 * its SHA-256; older ones than the last `kept` are removed, and those in `unusable`.
 */
export async function writeCheckpoint(
  folder: string,
  state: LearnerState,
  kept: number,
  { unusable = new Set(), users }: { unusable?: ReadonlySet<string>; users?: CheckpointUsers | undefined } = {},
): Promise<{ file: string; bytes: number }> {
  await mkdir(folder, { recursive: true })
  const checkpoints = (await readManifest(folder).catch(orNone)).filter(({ file }) => !unusable.has(file))
  // A first checkpoint that is cut off before it is named leaves no file without a manifest, which looks like a loss.
  if (checkpoints.length === 0) await writeManifest(folder, [])
  const number = await nextNumber(folder)
  const folded = { meta: state.meta, arrays: await foldArrays(state.arrays as SavedArrays) }
  const written = await replaceFile(folder, sha256 => checkpointName(number, sha256), gzipped(encodeState(folded)))
  const version = state.meta['sequences'] as number
  const list = [...checkpoints, { ...written, number, version, ...usersBeside(state.arrays) }].slice(-kept)
  await users?.sync()
  failpoint('manifest.before')
  await writeManifest(folder, list)
  failpoint('manifest.after')
  const named = new Set([manifestName, usersFolder, ...list.map(checkpoint => checkpoint.file)])
  for (const name of await readdir(folder)) if (!named.has(name)) await rm(join(folder, name), { force: true })
  users?.keepOnly(new Set(list.flatMap(each => each.users ?? [])))
  return written
}

/**
 * The newest checkpoint that is whole, of those whose learner had not come to the row `below`; null when there is none.
 * Those that are not whole are noted in `unusable`, and `onDamaged` is told once.
 */
async function readNewestCheckpoint(
  folder: string,
  how: {
    onDamaged: (message: string) => void
    unusable: Set<string>
    users: CheckpointUsers | undefined
    below?: number
  },
): Promise<Pick<Kept, 'state' | 'bytes'> | null> {
  const { onDamaged, unusable, users, below = Number.POSITIVE_INFINITY } = how
  const checkpoints = await readManifest(folder, onDamaged)
  const damaged: string[] = []
  for (const entry of checkpoints.toReversed()) {
    // As many rows at least as sequences: what is read in vain is little.
    if (entry.version >= below) continue
    try {
      const state = await readWhole(folder, entry)
      if ((state.meta['position'] as number) >= below) continue
      users?.check(usersOf(state))
      if (damaged.length > 0) onDamaged(`${damaged.join(' and ')} cannot be used; learning goes on from ${entry.file}.`)
      const { bytes, reached } = entry
      return { bytes, state: reached === undefined ? state : { ...state, meta: { ...state.meta, offset: reached } } }
    } catch (error) {
      unusable.add(entry.file)
      damaged.push(`Checkpoint ${entry.file} (${reasonOf(error)})`)
    }
  }
  if (damaged.length > 0 && below === Number.POSITIVE_INFINITY) {
    throw new RecstreamError(
      'CHECKPOINT_CORRUPT',
      `No checkpoint in ${folder} is whole; remove the folder to learn again from the start of the log.`,
    )
  }
  return null
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it is gone' : (error as Error).message
}

/** Versions whose checkpoints are kept in a folder, oldest first. */
export async function keptVersions(folder: string): Promise<number[]> {
  return (await keptSizes(folder)).map(({ version }) => version)
}

/** The same, with what each takes on disk. */
export async function keptSizes(folder: string): Promise<Pick<Entry, 'version' | 'bytes'>[]> {
  return (await readManifest(folder)).map(({ version, bytes }) => ({ version, bytes }))
}

/** The kept checkpoint of one version; null when it is not, or no longer, kept. CHECKPOINT_CORRUPT where it is damaged. */
export async function readCheckpoint(folder: string, version: number): Promise<LearnerState | null> {
  const checkpoints = await readManifest(folder)
  const entry = checkpoints.findLast(each => each.version === version)
  if (entry === undefined) return null
  try {
    return await readWhole(folder, entry)
  } catch (cause) {
    throw new RecstreamError(
      'CHECKPOINT_CORRUPT',
      `The checkpoint of version ${version} cannot be used (${entry.file}: ${reasonOf(cause)}); name another version.`,
      { cause },
    )
  }
}

async function noteReached(folder: string, offset: number): Promise<void> {
  const checkpoints = await readManifest(folder)
  const newest = checkpoints.at(-1)
  if (newest !== undefined) await writeManifest(folder, [...checkpoints.slice(0, -1), { ...newest, reached: offset }])
}

/** What is damaged beyond use is written over. */
function orNone(error: unknown): Entry[] {
  if (isRecstreamError(error, 'CHECKPOINT_CORRUPT')) return []
  throw error
}
