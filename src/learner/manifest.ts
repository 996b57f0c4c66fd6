import { createHash } from 'node:crypto'
import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RecstreamError } from '../errors.ts'
import { failpoint } from '../failpoint.ts'
import { type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import { gunzipped, taking } from './checkpoint-bytes.ts'
import { unfoldArrays } from './folded-arrays.ts'
import type { LearnerState } from './learner.ts'
import { readState } from './safetensors.ts'
import { coldFilesOf } from './users/cold-files.ts'

/** A whole checkpoint, as the manifest names it. */
export interface Entry {
  file: string
  number: number
  /** Sequences that the learner had consumed: the name of the model version that it holds. */
  version: number
  sha256: string
  bytes: number
  /** Files that hold the users of it who were not in memory. */
  users?: string[]
  /** Where the log was read on to without anything to learn from, past the offset that the file was written with. */
  reached?: number
}

export const manifestName = 'manifest.json'

/** The beginning of its SHA-256 stands in a file's name: without a manifest it still shows whether it is whole. */
export function checkpointName(number: number, sha256: string): string {
  return `checkpoint-${String(number).padStart(8, '0')}-${sha256.slice(0, digits)}.safetensors${compressed}`
}
const digits = 16
const compressed = '.gz'
/** Those of earlier versions are not compressed. */
const named = new RegExp(`^checkpoint-(\\d{8})-([0-9a-f]{${digits}})\\.safetensors(\\${compressed})?$`)

/**
 * The whole checkpoints of a folder, oldest first; a file that the manifest does not name does not count.
 *
 * Where the manifest is damaged or gone, they are those whose names say so of what they hold: `onMended` is told, and the
 * next checkpoint writes a manifest again. CHECKPOINT_CORRUPT where none is left.
 */
export async function readManifest(folder: string, onMended: (message: string) => void = () => {}): Promise<Entry[]> {
  const found = await entriesIn(folder)
  if (Array.isArray(found)) return found
  const files = await filesByNumber(folder)
  if (found === 'gone' && files.length === 0) return []
  const whole: Entry[] = []
  for (const { file, number, digest } of files) {
    const entry = await entryOf(folder, file, number, digest).catch(() => null)
    if (entry !== null) whole.push(entry)
  }
  const path = join(folder, manifestName)
  if (whole.length === 0) {
    throw new RecstreamError(
      'CHECKPOINT_CORRUPT',
      `${path} is ${found}, and no whole checkpoint is beside it; remove the folder to learn again from the start of the log.`,
    )
  }
  const { file } = whole.at(-1)!
  onMended(`${path} is ${found}; ${file} is the newest checkpoint that is whole, and learning goes on from it.`)
  return whole
}

/** The number that no checkpoint of a folder has had yet. */
export async function nextNumber(folder: string): Promise<number> {
  return Math.max(0, ...(await filesByNumber(folder)).map(({ number }) => number)) + 1
}

export async function writeManifest(folder: string, checkpoints: readonly Entry[]): Promise<void> {
  const text = JSON.stringify({ checkpoints, sha256: digestOf(checkpoints) }, null, 2)
  await replaceFile(folder, manifestName, [Buffer.from(`${text}\n`)])
}

/** Array by array: the whole may be larger than a file that can be read at once. */
export async function readWhole(
  folder: string,
  { file, sha256, bytes }: Pick<Entry, 'file' | 'sha256' | 'bytes'>,
): Promise<LearnerState> {
  const handle = await open(join(folder, file))
  try {
    if ((await handle.stat()).size !== bytes) throw new RangeError(`it is not of ${bytes} bytes`)
    const hash = createHash('sha256')
    for await (const piece of piecesOf(handle)) hash.update(piece)
    if (!hash.digest('hex').startsWith(sha256)) {
      throw new RangeError('its SHA-256 is not the one that it was written with')
    }
    const pieces = piecesOf(handle)
    const { arrays, meta } = await readState(taking(file.endsWith(compressed) ? gunzipped(pieces) : pieces))
    return { meta, arrays: unfoldArrays(arrays as SavedArrays) }
  } finally {
    await handle.close()
  }
}

/** All of a file, from its beginning. */
async function* piecesOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; ) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(readAtOnce), 0, readAtOnce, at)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}
const readAtOnce = 1 << 20

/**
 * Put a file in place so that after a crash it is either the old one or the new one, and on disk when this returns. What it
 * holds may say its name.
 */
export async function replaceFile(
  folder: string,
  name: string | ((sha256: string) => string),
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<{ file: string; sha256: string; bytes: number }> {
  const temporary = join(folder, `${typeof name === 'string' ? name : 'checkpoint'}.tmp`)
  const handle = await open(temporary, 'w')
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of chunks) {
      hash.update(chunk)
      bytes += chunk.length
      await handle.writeFile(chunk)
    }
    failpoint('fsync.before')
    await handle.sync()
    failpoint('fsync.after')
  } catch (error) {
    // Half a file takes the room that the next try needs.
    await rm(temporary, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  const sha256 = hash.digest('hex')
  const file = typeof name === 'string' ? name : name(sha256)
  failpoint('rename.before')
  await rename(temporary, join(folder, file))
  failpoint('rename.after')
  const directory = await open(folder, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
  return { file, sha256, bytes }
}

async function entriesIn(folder: string): Promise<Entry[] | 'gone' | 'damaged'> {
  let text: string
  try {
    text = await readFile(join(folder, manifestName), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone'
    throw error
  }
  try {
    const { checkpoints, sha256 } = JSON.parse(text) as { checkpoints: Entry[]; sha256?: string }
    if (Array.isArray(checkpoints) && checkpoints.every(isEntry) && sha256 === digestOf(checkpoints)) return checkpoints
  } catch {
    // It is no JSON.
  }
  return 'damaged'
}

function digestOf(checkpoints: readonly Entry[]): string {
  return createHash('sha256').update(JSON.stringify(checkpoints)).digest('hex')
}

function isEntry(entry: Partial<Entry> | null): boolean {
  if (typeof entry?.file !== 'string' || typeof entry.sha256 !== 'string') return false
  return [entry.number, entry.version, entry.bytes].every(Number.isSafeInteger)
}

/** Files that are named as checkpoints, oldest first. */
async function filesByNumber(folder: string): Promise<{ file: string; number: number; digest: string }[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names
    .sort()
    .map(file => named.exec(file))
    .flatMap(match => (match === null ? [] : [{ file: match[0], number: Number(match[1]), digest: match[2]! }]))
}

/** What the manifest said of a file; throws where it is not whole. */
async function entryOf(folder: string, file: string, number: number, digest: string): Promise<Entry> {
  const handle = await open(join(folder, file))
  const { size } = await handle.stat().finally(() => handle.close())
  const { meta, arrays } = await readWhole(folder, { file, sha256: digest, bytes: size })
  const version = meta['sequences'] as number
  return { file, number, version, sha256: digest, bytes: size, ...usersBeside(arrays) }
}

/** What an entry says of users who are not in memory: nothing, where there are none. */
export function usersBeside(arrays: LearnerState['arrays']): Pick<Entry, 'users'> {
  const users = coldFilesOf(withPrefix('pages.cold', arrays as SavedArrays))
  return users.length === 0 ? {} : { users }
}
