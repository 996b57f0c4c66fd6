import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onlyPart, type Part } from '../records/part.ts'

/** Where a pipeline keeps things: everything lies under one data folder. */
export interface Layout {
  root: string
  /** Segment files of the embedded log. */
  log: string
  warehouse: string
  snapshots: string
  archive: string
  checkpoints: string
  /** Which log this folder's positions belong to. */
  logIdentity: string
  /** Which topics its rows and positions came from: a file for each. */
  topicIds: string
  /** What the last import that came to its end was of. */
  imported: string
  /** Held by the process that runs the pipeline. */
  startLock: string
  /** Held by the process that learns. */
  learnLock: string
  /** Key of the hashes that stand for people who were forgotten. */
  forgetKey: string
  /** What was removed of each of them: a file for each. */
  receipts: string
  /** What the supervisor noted, one JSON object a line. */
  runLog: string
  /** What was asked in the SQL shell, one statement a line. */
  sqlHistory: string
  /** Local socket on which the learner answers those who serve. */
  learnDoor: string
  /** Local socket on which the learn process says how it is. */
  learnControl: string
  /** Local socket on which the running pipeline answers `sql`, `doctor` and another `start`. */
  control: string
}

/**
 * Paths of a pipeline under a data folder (default `.recstream`).
 *
 *     layoutOf('.recstream', 'movielens').warehouse   // …/.recstream/movielens/warehouse/warehouse.duckdb
 */
export function layoutOf(dataFolder: string, pipeline: string): Layout {
  const root = resolve(dataFolder, pipeline)
  return {
    root,
    log: join(root, 'log'),
    warehouse: join(root, 'warehouse', 'warehouse.duckdb'),
    snapshots: join(root, 'warehouse', 'snapshots'),
    archive: join(root, 'archive'),
    checkpoints: join(root, 'checkpoints'),
    logIdentity: join(root, 'log-identity'),
    topicIds: join(root, 'topic-ids'),
    imported: join(root, 'imported'),
    startLock: join(root, 'start.lock'),
    learnLock: join(root, 'learn.lock'),
    forgetKey: join(root, 'forget.key'),
    receipts: join(root, 'receipts'),
    runLog: join(root, 'run.log'),
    sqlHistory: join(root, 'sql-history'),
    learnDoor: socketOf(root, 'learn'),
    learnControl: socketOf(root, 'learn-control'),
    control: socketOf(root, 'control'),
  }
}

/**
 * Paths of a part of a pipeline: where there are several, tables and sockets lie in a folder of each, and all else is shared.
 *
 *     layoutOfPart(layout, { part: 1, of: 4 }).warehouse   // …/.recstream/shop/parts/1-of-4/warehouse/warehouse.duckdb
 */
export function layoutOfPart(layout: Layout, { part, of }: Part): Layout {
  if (of === 1) return layout
  const root = join(partsIn(layout), `${part}-of-${of}`)
  return {
    ...layout,
    warehouse: join(root, 'warehouse', 'warehouse.duckdb'),
    snapshots: join(root, 'warehouse', 'snapshots'),
    archive: join(root, 'archive'),
    topicIds: join(root, 'topic-ids'),
    control: socketOf(root, 'control'),
  }
}

/** The parts whose folders are there: the only one where a pipeline has no more. */
export function partsHere(layout: Pick<Layout, 'root'>): Part[] {
  const folder = partsIn(layout)
  const names = existsSync(folder) ? readdirSync(folder) : []
  const found = names.flatMap(name => {
    const [, part, of] = /^(\d+)-of-(\d+)$/.exec(name) ?? []
    return part === undefined ? [] : [{ part: Number(part), of: Number(of) }]
  })
  return found.length === 0 ? [onlyPart] : found.sort((a, b) => a.part - b.part)
}

const partsIn = ({ root }: Pick<Layout, 'root'>) => join(root, 'parts')

/** Local sockets of one follower: many may follow under one folder, which they may only read. */
export interface FollowSockets {
  /** On which it answers the process that serves. */
  door: string
  /** On which it says how it is. */
  control: string
}

/**
 * Sockets of the follower of a run.
 *
 *     followSockets(run.id).door   // recstream-follow-0f3a….sock in the system's temporary folder
 */
export function followSockets(run: string): FollowSockets {
  const socket = (name: string) => socketAt(`follow-${digest(`${run} ${name}`)}`)
  return { door: socket('door'), control: socket('control') }
}

/** A Unix socket's path may hold about 100 bytes; a longer one moves to the system's temporary folder. */
function socketOf(root: string, name: 'control' | 'learn' | 'learn-control'): string {
  const unique = digest(name === 'control' ? root : `${root} ${name}`)
  if (process.platform === 'win32') return socketAt(unique)
  const socket = join(root, `${name}.sock`)
  return Buffer.byteLength(socket) < 100 ? socket : socketAt(unique)
}

/** A socket that is in no folder of a pipeline. */
function socketAt(unique: string): string {
  if (process.platform === 'win32') return `\\\\.\\pipe\\recstream-${unique}`
  return join(tmpdir(), `recstream-${unique}.sock`)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
