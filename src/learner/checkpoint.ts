import { createHash } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as immediate } from 'node:timers/promises'
import { isRecstreamError, RecstreamError } from '../errors.ts'
import { failpoint } from '../failpoint.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { piecesOf } from '../state/add-bytes.ts'
import { type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
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

const hashedAtOnce = 2 << 20

/** A whole checkpoint, and the offset to go on from. */
export interface Kept {
  state: LearnerState
  offset: number
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
  write(state: LearnerState, offset: number): Promise<void>
  /** The same, and no other one is kept; how many there were. */
  writeAlone(state: LearnerState, offset: number): Promise<number>
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
      await writeCheckpoint(folder, { arrays: state.arrays, meta: { ...state.meta, offset } }, kept, {
        unusable,
        users,
      })
    },
    async writeAlone(state, offset) {
      const before = (await keptVersions(folder)).length
      await writeCheckpoint(folder, { arrays: state.arrays, meta: { ...state.meta, offset } }, 1, { users })
      return before
    },
  }
}

/**
 * Write a checkpoint all or not at all: under a temporary name, synced, renamed, and only then named in the manifest with
 * its SHA-256; older ones than the last `kept` are removed, and those in `unusable`. Returns the file's name.
 */
export async function writeCheckpoint(
  folder: string,
  state: LearnerState,
  kept: number,
  { unusable = new Set(), users }: { unusable?: ReadonlySet<string>; users?: CheckpointUsers | undefined } = {},
): Promise<string> {
  await mkdir(folder, { recursive: true })
  const checkpoints = (await readManifest(folder).catch(orNone)).filter(({ file }) => !unusable.has(file))
  // A first checkpoint that is cut off before it is named leaves no file without a manifest, which looks like a loss.
  if (checkpoints.length === 0) await writeManifest(folder, [])
  const number = await nextNumber(folder)
  const chunks = encodeState(state)
  const hash = createHash('sha256')
  // Whoever asks is answered in between.
  for (const chunk of chunks) {
    for (const part of piecesOf(chunk, hashedAtOnce)) {
      hash.update(part)
      await immediate()
    }
  }
  const sha256 = hash.digest('hex')
  const file = checkpointName(number, sha256)
  await replaceFile(folder, file, chunks)
  const bytes = chunks.reduce((total, chunk) => total + chunk.length, 0)
  const version = state.meta['sequences'] as number
  const list = [...checkpoints, { file, number, version, sha256, bytes, ...usersBeside(state.arrays) }].slice(-kept)
  await users?.sync()
  failpoint('manifest.before')
  await writeManifest(folder, list)
  failpoint('manifest.after')
  const named = new Set([manifestName, usersFolder, ...list.map(checkpoint => checkpoint.file)])
  for (const name of await readdir(folder)) if (!named.has(name)) await rm(join(folder, name), { force: true })
  users?.keepOnly(new Set(list.flatMap(each => each.users ?? [])))
  return file
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
): Promise<LearnerState | null> {
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
      return entry.reached === undefined ? state : { ...state, meta: { ...state.meta, offset: entry.reached } }
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
  return (await readManifest(folder)).map(({ version }) => version)
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
