import { RecstreamError } from '../../errors.ts'
import { keptVersions, readCheckpoint } from '../../learner/checkpoint.ts'
import type { LearnerState } from '../../learner/learner.ts'

/** The kept checkpoint of a version, the newest when none is named; a sentence names those that are kept. */
export async function keptState(folder: string, version: number | undefined): Promise<LearnerState> {
  const kept = await keptVersions(folder)
  const wanted = version ?? kept.at(-1)
  const state = wanted === undefined ? null : await readCheckpoint(folder, wanted)
  if (state !== null) return state
  if (kept.length === 0) throw noCheckpointYet()
  throw noSuchCheckpoint(String(wanted), kept)
}

/** `version`: such as "70000", or "70000 or before". */
export function noSuchCheckpoint(version: string, kept: readonly number[]): RecstreamError {
  return new RecstreamError(
    'CONFIG_INVALID',
    `There is no checkpoint of version ${version}; those of ${kept.join(', ')} are kept (learn.checkpointsKept).`,
  )
}

export function noCheckpointYet(): RecstreamError {
  return new RecstreamError(
    'CONFIG_INVALID',
    'There is no checkpoint yet; the first comes after learn.checkpointEvery events, or when the pipeline ends.',
  )
}
