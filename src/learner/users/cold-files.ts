import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'
import { doubleColumn } from '../../state/slot-column.ts'
import { type AppendFile, appendFiles, tryRemove } from './append-files.ts'
import { bodyOf, headerBytes, isRecordOf, nameOf, numbersIn, recordOf, recordsIn, sizeAt } from './cold-records.ts'
import type { ColdUsers } from './cold-users.ts'

/** Users on disk, as a learner's checkpoints need them. */
export interface ColdFiles extends ColdUsers {
  /** CHECKPOINT_CORRUPT where what was saved cannot be brought back whole; nothing changes. */
  check(arrays: SavedArrays): void
  /** What was saved last is on disk for sure. */
  sync(): Promise<void>
  /** From now on what is written stands in the folder itself, beside what others may have written there. */
  settleIn(): void
  /** No checkpoint needs any other file of the folder: remove those, but for the ones in use. */
  keepOnly(files: ReadonlySet<string>): void
}

/**
 * Users' bytes in files that are only added to, each record with its CRC-32; where a user's newest one stands is kept in
 * memory, eight bytes a user.
 *
 *     const cold = coldFiles({ folder: join(checkpoints, 'users') })
 *     cold.put(7, bytes)
 *     const arrays = cold.save()   // how long each file is, and where each user's record stands
 *     cold.restore(arrays)         // whatever was written since is passed over
 *
 * A file whose records are mostly old ones is written anew, a file at each `save`. With `scratch` nothing is written into the
 * folder, which may be another's: new files lie there, and are gone when this process is.
 */
export function coldFiles(options: {
  folder: string
  scratch?: string
  /** A file is full from so many bytes on, and from a 64th of all: to write one anew is felt by whoever waits for a list. */
  fileBytes?: number
}): ColdFiles {
  const { folder, fileBytes = 8 << 20 } = options
  const files = appendFiles(options)
  /** Number of the file times 2³², and where in it the record stands. */
  const places = doubleColumn(1, nowhere)
  let held = 0
  let room = new Uint8Array(8192)
  /** Records of files that were found whole, and up to where. */
  const whole = new Map<number, { bytes: number; records: number }>()

  const placeOf = (user: number) => places.data[user] ?? nowhere
  /** A whole record: its header, and the user's bytes. */
  const recordAt = (user: number, place: number): Uint8Array => {
    const file = files.all.get(numberAt(place))!
    const from = place % fileSpan
    if (files.read(file, from, room) < headerBytes) throw damaged(file.path)
    const size = sizeAt(room, 0)
    if (size > file.bytes - from) throw damaged(file.path)
    if (size > room.length) {
      room = new Uint8Array(2 * size)
      files.read(file, from, room)
    }
    const record = room.subarray(0, size)
    if (!isRecordOf(record, user)) throw damaged(file.path)
    return record
  }
  /** The record of a user is not theirs any more. */
  const leave = (user: number): void => {
    const place = placeOf(user)
    if (place === nowhere) return
    files.all.get(numberAt(place))!.live -= 1
    held -= 1
    places.data[user] = nowhere
  }
  const isFull = ({ bytes }: AppendFile): boolean => {
    if (bytes < fileBytes) return false
    let all = 0
    for (const file of files.all.values()) all += file.bytes
    return mostFiles * bytes >= all
  }
  const add = (user: number, record: Uint8Array): void => {
    if (files.head === null || isFull(files.head)) files.begin()
    const head = files.head!
    places.reserve(user + 1)
    places.data[user] = head.number * fileSpan + head.bytes
    files.append(record)
    head.live += 1
    head.records += 1
    held += 1
  }
  /** Put the records of a file that are somebody's behind all others. */
  const move = ({ number }: AppendFile): void => {
    for (let user = 0; user < places.data.length; user++) {
      const place = placeOf(user)
      if (place === nowhere || numberAt(place) !== number) continue
      const record = recordAt(user, place).slice()
      leave(user)
      add(user, record)
    }
  }
  /** Write the file anew of which most is old, if there is one. */
  const tidy = (): void => {
    const full = [...files.all.values()].filter(file => file !== files.head && file.live > 0)
    const small = full.filter(({ bytes }) => 4 * bytes < fileBytes)
    const worst = full.find(file => 2 * file.live < file.records) ?? (small.length > mostSmall ? small[0] : undefined)
    if (worst !== undefined) move(worst)
    // What nobody's record is in any more is not saved; checkpoints may have it still.
    for (const file of [...files.all.values()]) if (file !== files.head && file.live === 0) files.close(file)
  }
  const check = (arrays: SavedArrays): void => {
    if (arrays['inside.users'] !== undefined) throw new RangeError('these users were saved without a folder')
    for (const [number, bytes] of filesIn(arrays)) {
      if (whole.get(number)?.bytes === bytes) continue
      const path = join(folder, nameOf(number))
      try {
        whole.set(number, { bytes, records: recordsIn(path, bytes) })
      } catch (cause) {
        throw damaged(path, cause)
      }
    }
  }

  return {
    get held() {
      return held
    },
    has: user => placeOf(user) !== nowhere,
    get(user) {
      const place = placeOf(user)
      return place === nowhere ? null : bodyOf(recordAt(user, place))
    },
    put(user, bytes) {
      leave(user)
      add(user, recordOf(user, bytes))
    },
    delete: leave,
    rewrite() {
      const before = [...files.all.values()]
      if (held > 0) files.begin()
      for (const file of before) {
        move(file)
        files.close(file)
      }
    },
    save() {
      tidy()
      files.flush()
      if (held === 0) return {}
      const named = [...files.all.values()].filter(({ live }) => live > 0)
      if (named.some(({ isOwn }) => !isOwn)) throw new RangeError('what lies in a scratch folder cannot be saved')
      const users = places.data.findLastIndex(place => place !== nowhere) + 1
      return {
        files: Float64Array.from(named.flatMap(({ number, bytes }) => [number, bytes])),
        places: places.data.slice(0, users),
      }
    },
    check,
    restore(arrays) {
      check(arrays)
      files.closeAll()
      held = 0
      places.restore(new Float64Array(0))
      places.data.fill(nowhere)
      for (const [number, bytes] of filesIn(arrays)) files.open(number, bytes, whole.get(number)!.records)
      const saved = (arrays['places'] as Float64Array | undefined) ?? new Float64Array(0)
      places.reserve(saved.length)
      places.data.set(saved)
      for (const place of saved) {
        if (place === nowhere) continue
        held += 1
        files.all.get(numberAt(place))!.live += 1
      }
    },
    sync: files.sync,
    settleIn() {
      const before = files.leaveScratch()
      if (before === null) return
      for (const file of [...files.all.values()]) {
        // The folder's own may have been removed by whoever wrote them, and are open here still.
        if (file.isOwn && existsSync(file.path)) continue
        if (file.live > 0) move(file)
        files.close(file)
      }
      rmSync(before, { recursive: true, force: true })
    },
    keepOnly(kept) {
      for (const number of numbersIn(folder)) {
        if (!kept.has(nameOf(number)) && !files.all.has(number)) tryRemove(join(folder, nameOf(number)))
      }
    },
    close() {
      files.closeAll()
      const before = files.leaveScratch()
      if (before !== null) rmSync(before, { recursive: true, force: true })
    },
  }
}

/** Where these files lie in a folder of checkpoints. */
export const usersFolder = 'users'
export const usersIn = (checkpoints: string): string => join(checkpoints, usersFolder)

const nowhere = -1
const fileSpan = 2 ** 32
/** Files that are full, at about this many of which each takes more. */
const mostFiles = 64
const numberAt = (place: number) => Math.floor(place / fileSpan)
/** Files that are less than a quarter full, as each start may leave one. */
const mostSmall = 8

/** Files that saved arrays name, each with how long it was then. */
function filesIn(arrays: SavedArrays): [number: number, bytes: number][] {
  const named = arrays['files'] ?? new Float64Array(0)
  return Array.from({ length: named.length / 2 }, (_, k) => [named[2 * k]!, named[2 * k + 1]!])
}

/** Names of the files that hold the users of what was saved. */
export const coldFilesOf = (arrays: SavedArrays): string[] => filesIn(arrays).map(([number]) => nameOf(number))

const damaged = (path: string, cause?: unknown) =>
  new RecstreamError(
    'CHECKPOINT_CORRUPT',
    `${path} is damaged: what it holds of users cannot be read. Start again: the newest checkpoint is taken whose users are whole.`,
    { cause },
  )
