import { existsSync } from 'node:fs'
import { RecstreamError } from '../../errors.ts'
import { withSettings } from '../../pipeline/settings.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { owns } from '../../records/part.ts'
import { plural } from '../../records/words.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import { layoutOf, layoutOfPart } from '../../run/layout.ts'
import type { CommonOptions } from '../common-options.ts'
import { table } from '../print/table.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import { type Move, movesBetween } from './moves.ts'

export interface ShardsOptions extends CommonOptions {
  from: number
  to: number
  set: Record<string, string>
}

/** What moves, of whom, and whether its tables are in this folder. */
interface Told extends Move {
  partitions: number[]
  isHere: boolean
  tables: string
}

/** Say which parts move when ingest is run by another number of processes. */
export async function sayMoves(pipeline: string, options: ShardsOptions): Promise<void> {
  const definition = withSettings(await findPipeline(pipeline), options.set)
  const { from, to, data, json } = options
  for (const shards of [from, to]) if (shards > definition.parts) throw tooMany(definition, shards)
  const layout = layoutOf(data, definition.name)
  const all = movesBetween(definition.parts, { from, to }).map((move): Told => {
    const { warehouse } = layoutOfPart(layout, move)
    return { ...move, partitions: partitionsOf(definition, move), isHere: existsSync(warehouse), tables: warehouse }
  })
  await writeLines(json ? all.map(jsonLine) : [movesText(all, { from, to })])
}

/** The same for people. */
export function movesText(all: readonly Told[], { from, to }: { from: number; to: number }): string {
  const moved = all.filter(move => move.from !== move.to)
  const rows = all.map(({ part, partitions, from: now, to: then, isHere }) => [
    ...[`${part}`, partitions.join(', '), `${now}/${from}`, now === then ? 'stays' : `${then}/${to}`],
    isHere ? 'here' : 'not here',
  ])
  const parts = table(['part', 'partitions', 'run by', 'then by', 'its tables'], rows, { right: [0] })
  if (moved.length === 0) return `${parts}\n\nNothing moves.`
  const givers = [...new Set(moved.map(move => `${move.from}/${from}`))].join(', ')
  return `${parts}

${plural(moved.length, 'part')} of ${all.length} ${moved.length === 1 ? 'moves' : 'move'}. In one folder: stop \`start --shards ${from}\`, and start it with --shards ${to}.
On several hosts:
  1. Stop the shards that give parts away (${givers}); events wait in Kafka, and the learner goes on with the others.
  2. Copy the folders of these parts to where they go, or leave them: what is not there is built again from the log, to the row.
  3. Start every shard with its new number, --role ingest --shard 0/${to} to ${to - 1}/${to}. Who still ran a part is shut out.
Each part keeps its rows, their numbers and its order; the learner notices nothing but a pause.`
}

function partitionsOf({ partitions }: PipelineDefinition, part: Move): number[] {
  return Array.from({ length: partitions }, (_, partition) => partition).filter(partition => owns(part, partition))
}

function tooMany({ name, parts }: PipelineDefinition, shards: number): RecstreamError {
  return new RecstreamError(
    'CONFIG_INVALID',
    `${name} has ${plural(parts, 'part')}, and a shard has one at least: ${shards} shards are too many. How many parts there are is fixed when a pipeline begins (--set parts=…).`,
  )
}
