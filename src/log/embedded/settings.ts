import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { checkFrame, readSections } from './frame.ts'
import { corrupt, DamagedFile, missing, segmentNumbers, segmentPath, syncFolder } from './segment.ts'

/** What a topic is. It stands in its folder twice, each time with its checksum, so that one copy may be damaged. */
export interface Settings {
  /** Absent where it was lost with both copies. */
  id?: string
  partitions: number
  compacted: boolean
  retentionMs?: number
  /** The oldest segment that was not dropped; absent: the first. */
  oldestSegment?: number
}

const names = ['topic.json', 'topic.copy.json'] as const

/** A topic's settings; null where there is no such topic. A copy that is damaged or gone is made again from the other. */
export function readSettings(folder: string): Settings | null {
  const copies = names.map(name => parse(readText(join(folder, name))))
  const settings = copies.find(copy => copy !== null)
  if (settings === undefined) {
    if (!existsSync(folder) || readdirSync(folder).length === 0) return null
    throw new DamagedFile(join(folder, names[0]), 'is damaged or gone, and so is its copy')
  }
  for (const [k, name] of names.entries()) if (copies[k] === null) writeCopy(folder, name, settings)
  return settings
}

export function writeSettings(folder: string, settings: Settings): void {
  for (const name of names) writeCopy(folder, name, settings)
}

/** Settings whose copies are both lost: the segments say how many partitions there are, and nobody says the id. */
export function mendSettings(folder: string, compacted: boolean): Settings {
  const number = segmentNumbers(folder)[0]
  if (number === undefined) throw missing(folder, 1)
  const bytes = readFileSync(segmentPath(folder, number))
  if (checkFrame(bytes, 0, bytes.length) === 0) throw corrupt(segmentPath(folder, number), 0)
  const settings = { partitions: readSections(bytes, 0).length, compacted, oldestSegment: number }
  writeSettings(folder, settings)
  return settings
}

function writeCopy(folder: string, name: string, settings: Settings): void {
  const text = JSON.stringify(settings)
  // Several processes may find the same copy missing.
  const temporary = join(folder, `${name}.${process.pid}.new`)
  writeFileSync(temporary, `${text}\n${crc32(text)}\n`, { flush: true })
  renameSync(temporary, join(folder, name))
  syncFolder(folder)
}

function parse(text: string | null): Settings | null {
  if (text === null) return null
  const [json = '', checksum = ''] = text.split('\n')
  // Without one it is from before there were any, or cut behind what counts.
  if (checksum !== '' && checksum !== String(crc32(json))) return null
  try {
    return JSON.parse(json) as Settings
  } catch {
    return null
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
