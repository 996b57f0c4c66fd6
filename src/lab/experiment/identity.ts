import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PipelineDefinition } from '../../records/definition.ts'
import type { TrialHead } from './experiment.ts'
import type { Ratings } from './ratings.ts'

/** Raised when results of an older form are no longer understood. */
const format = 1

/** What the results of a run depend on besides the trial itself: the events with their rewards and tokens, and the settings. */
export function runIdentity(definition: PipelineDefinition, ratings: Ratings): string {
  const { name, meanings, scale, window, learn, recommend } = definition
  const features = Object.values(definition.features).map(String)
  const hash = createHash('sha256')
  const backend = process.env['RECSTREAM_BACKEND'] ?? null
  hash.update(JSON.stringify({ format, name, meanings, scale, window, learn, recommend, features, backend }))
  for (const column of [ratings.user, ratings.item, ratings.reward, ratings.time]) {
    hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
  }
  hash.update(JSON.stringify([ratings.userIds, ratings.itemIds, ratings.userTokens, ratings.itemTokens]))
  // One by one: a shop's catalogue changes hundreds of thousands of times.
  for (const change of ratings.catalogue) hash.update(JSON.stringify(change))
  return hash.digest('hex')
}

/** What one trial's result depends on. */
export function trialIdentity(run: string, experiment: string, { name, policy, seed }: TrialHead): string {
  return createHash('sha256')
    .update(JSON.stringify([run, experiment, name, policy, seed]))
    .digest('hex')
}

/**
 * SHA-256 of the program's own files. Another program does not invalidate a result, or a comma would cost a night; it is
 * reported to the person instead.
 */
export function programSha256(): string {
  const source = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
  const hash = createHash('sha256')
  const edge = `cli${sep}`
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/(?<!\.d)\.[jt]s$/.test(file) && !file.startsWith(edge)) hash.update(readFileSync(join(source, file)))
  }
  return hash.digest('hex')
}
