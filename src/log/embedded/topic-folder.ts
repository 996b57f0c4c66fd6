import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import type { TopicSpec } from '../log.ts'
import { checkTopicName } from '../names.ts'
import { encodeBases } from './frame.ts'
import { DamagedFile, segmentPath, syncFolder, writeWhole } from './segment.ts'
import { mendSettings, readSettings, type Settings, writeSettings } from './settings.ts'

/** A topic's id as its folder has it now; undefined where there is no such topic. */
export function idOf(root: string, name: string): string | null | undefined {
  const settings = readSettings(join(root, name))
  return settings === null ? undefined : (settings.id ?? null)
}

/** How many partitions a topic has; 0 where it is not there. */
export function partitionsOf(root: string, name: string): number {
  return readSettings(join(root, name))?.partitions ?? 0
}

/** Create a topic's folder whole, or find that it is there. */
export function createTopic(root: string, spec: TopicSpec): void {
  checkTopicName(spec.name)
  const folder = join(root, spec.name)
  const present = readSettingsOrMend(folder, spec.compacted ?? false)
  if (present !== null) {
    if (present.partitions >= spec.partitions) return
    throw new RecstreamError(
      'TOPIC_INVALID',
      `${spec.name} has ${present.partitions} partitions and ${spec.partitions} are asked for; use a new data folder, or ask for ${present.partitions}.`,
    )
  }
  if (!(Number.isInteger(spec.partitions) && spec.partitions > 0 && spec.partitions <= 10_000)) {
    throw new RecstreamError(
      'TOPIC_INVALID',
      `${spec.name} cannot have ${spec.partitions} partitions; ask for 1 to 10,000.`,
    )
  }
  const settings: Settings = { id: randomUUID(), partitions: spec.partitions, compacted: spec.compacted ?? false }
  if (spec.retentionMs !== undefined) settings.retentionMs = spec.retentionMs
  const temporary = join(root, `.new-${process.pid}-${spec.name}`)
  rmSync(temporary, { recursive: true, force: true })
  mkdirSync(temporary, { recursive: true })
  writeSettings(temporary, settings)
  writeWhole(temporary, segmentPath(temporary, 1), [encodeBases(new Float64Array(spec.partitions))])
  try {
    renameSync(temporary, folder)
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    // Another process was quicker; what counts is what it created.
    if (readSettings(folder) === null) throw error
    createTopic(root, spec)
  }
  syncFolder(root)
}

function readSettingsOrMend(folder: string, compacted: boolean): Settings | null {
  try {
    return readSettings(folder)
  } catch (error) {
    if (error instanceof DamagedFile) return mendSettings(folder, compacted)
    throw error
  }
}
