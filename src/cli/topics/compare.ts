import { mendCommands } from '../../log/kafka/topic-commands.ts'
import type { TopicSpec, TopicState } from '../../log/log.ts'
import { faultSentences } from '../../log/topic-faults.ts'
import type { Connection } from '../../run/messages.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { table } from '../print/table.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import { wantedTopics } from './wanted-topics.ts'

export interface TopicsOptions extends CommonOptions, ConnectionOptions {
  pipeline?: string
  print?: true
  replicationFactor?: number
  commandConfig?: string
  oldBrokers?: true
  set: Record<string, string>
}

/** List topics beside what is needed, what is wrong with them, and what mends it. */
export async function compareTopics(connection: Connection, options: TopicsOptions): Promise<void> {
  const chosen = await choosePipeline(options.pipeline, options.data)
  const specs = await wantedTopics(options.pipeline ?? chosen.name, options.set)
  const log = await openPipelineLog(chosen, connection)
  let states: TopicState[]
  try {
    states = await log.examineTopics(specs)
  } finally {
    await log.close()
  }
  const faults = states.flatMap(state => state.faults)
  if (faults.some(({ refused }) => refused)) process.exitCode = 1
  await writeLines(options.json ? jsonLines(specs, states) : text(specs, states, connection.brokers))
}

function jsonLines(specs: readonly TopicSpec[], states: readonly TopicState[]): string[] {
  return states.map(({ name, partitions, replicas, faults }, k) =>
    jsonLine({ topic: name, there: partitions > 0, partitions, wanted: specs[k]!.partitions, replicas, faults }),
  )
}

function text(
  specs: readonly TopicSpec[],
  states: readonly TopicState[],
  brokers: readonly string[] | undefined,
): string[] {
  const rows = states.map(({ name, partitions, replicas, faults }, k) => {
    const wanted = String(specs[k]!.partitions)
    if (partitions === 0) return [name, wanted, '–', '–', 'missing; made at the next start']
    const worst = faults.some(({ refused }) => refused) ? 'refused' : faults.length > 0 ? 'doubtful' : 'as it should be'
    return [name, wanted, String(partitions), String(replicas), worst]
  })
  const faults = states.flatMap(state => state.faults)
  const [refused, doubtful] = [true, false].map(wanted => faults.filter(each => each.refused === wanted))
  return [
    table(['topic', 'partitions needed', 'there', 'copies', ''], rows, { right: [1, 2, 3] }),
    ...section('Refused: records would be lost, left unread or not be taken.', faultSentences(refused!)),
    ...section('Doubtful: it may be meant.', faultSentences(doubtful!)),
    ...section('What mends it:', brokers === undefined ? [] : mendCommands(brokers, faults)),
  ]
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', heading, ...lines.map(line => `  ${line}`)]
}
