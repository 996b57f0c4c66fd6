import { join } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import type { Shard } from '../../records/part.ts'
import type { Layout } from '../../run/layout.ts'
import type { RunOptions } from '../../run/supervisor.ts'

/** Which processes a start is asked to run. */
export interface ProcessOptions {
  shards?: number
  role?: 'ingest' | 'learn'
  shard?: Shard
}

/** What a start runs, and what it holds of the folder while it does. */
export interface Processes extends Pick<RunOptions, 'ingest' | 'role' | 'runLog'> {
  /** The file of its lock, where it runs less than all. */
  lock?: string
}

/**
 * The processes that a start is asked for; CONFIG_INVALID where they cannot be.
 *
 *     processesFrom({ role: 'ingest', shard: { shard: 1, of: 4 } }, definition, layout, { kafka: true, untilIdle: false })
 */
export function processesFrom(
  { shards, role, shard }: ProcessOptions,
  { parts }: Pick<PipelineDefinition, 'parts'>,
  { root }: Pick<Layout, 'root'>,
  { kafka, untilIdle }: { kafka: boolean; untilIdle: boolean },
): Processes {
  const asked = shard?.of ?? shards ?? 1
  if (asked > parts) throw invalid(tooMany(asked, parts))
  if (shard !== undefined && role !== 'ingest') throw invalid('--shard is of ingest: give --role ingest with it.')
  if (shards !== undefined && role === 'learn') throw invalid('--shards is of ingest: give it without --role learn.')
  if (role === undefined) return { ingest: { shards: asked } }
  if (!kafka) throw invalid('With --role the others run elsewhere, on Kafka: give --brokers.')
  if (untilIdle) throw invalid('Whether all is worked on is known where all runs: give --until-idle without --role.')
  const name = shard === undefined ? role : `${role}-${shard.shard}-of-${shard.of}`
  return {
    ...{ role, runLog: join(root, `run-${name}.log`), lock: join(root, `start-${name}.lock`) },
    ...(role === 'ingest' ? { ingest: shard ?? { shards: asked } } : {}),
  }
}

function tooMany(shards: number, parts: number): string {
  if (parts === 1)
    return `Ingest has one part, so it is one process; a pipeline that is to have ${shards} begins with --set parts=${shards}, and partitions a multiple of that.`
  return `Ingest has ${parts} parts, and a shard has one at least: give ${parts} shards at most, not ${shards}.`
}

const invalid = (message: string) => new RecstreamError('CONFIG_INVALID', message)
