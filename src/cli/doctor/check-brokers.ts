import type { KafkaSettings } from '../../log/kafka/client.ts'
import { type Attempt, type Needs, tryOut } from '../../log/kafka/try-out.ts'
import { ingestName } from '../../records/part.ts'
import { topicNames, topicsOf } from '../../records/topics.ts'
import type { Connection } from '../../run/messages.ts'
import { scrub } from '../../run/scrub.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

interface Given {
  /** How many addresses. */
  bootstraps: number
  pipelines: readonly string[]
}

/**
 * Try what pipelines do with these brokers, or what can be tried without one; each finding as soon as there is one. `partsOf`: how
 * many parts the ingest of a pipeline has (default 1).
 */
export async function* checkBrokers(
  connection: Connection,
  pipelines: readonly string[],
  partsOf: (pipeline: string) => number = () => 1,
): AsyncGenerator<Finding> {
  const { brokers = [], ssl, sasl } = connection
  const needs = pipelines.map(pipeline => needsOf(pipeline, partsOf(pipeline)))
  const settings: KafkaSettings = { brokers, ...(ssl && { ssl }), ...(sasl && { sasl }) }
  for await (const attempt of tryOut(settings, needs)) {
    yield findingOf(attempt, { bootstraps: brokers.length, pipelines })
  }
  if (pipelines.length > 0) return
  yield ok('not tried', 'topics, reading, and telling positions; name a pipeline with -p for these')
}

function needsOf(pipeline: string, of: number): Needs {
  const ingest = Array.from({ length: of }, (_, part) => ingestName(pipeline, { part, of }))
  return {
    pipeline,
    topics: topicNames(pipeline, of),
    producers: [...ingest, `${pipeline}.learn`, `${pipeline}.import`],
    groups: [...ingest, `${pipeline}.learn`],
  }
}

function findingOf(attempt: Attempt, given: Given): Finding {
  const { tried, said, ms, error } = attempt
  const took = ms === 0 ? {} : { ms: Math.round(ms) }
  if (error === null) return { ...ok(tried, ms === 0 ? said : `${said} (${Math.round(ms)} ms)`), ...took }
  const message = scrub(error.message)
  const spared = sparedBy(attempt, given)
  return { ...(spared === null ? problem(tried, message) : warning(tried, message, spared)), ...took }
}

/** Why a pipeline can do without; null where it cannot. */
function sparedBy({ tried, said }: Attempt, { bootstraps, pipelines }: Given): string | null {
  if (tried === 'connect' && bootstraps > 1) return 'One bootstrap address that answers is enough.'
  if (tried === 'commit') return 'Only lag tools miss it, and two runs of one pipeline cannot name each other.'
  const importOnly = pipelines.some(pipeline => {
    const { behaviourEvents, userProfiles, items } = topicsOf(pipeline)
    return [behaviourEvents, userProfiles, items, `${pipeline}.import`].includes(said)
  })
  if ((tried === 'produce' || tried === 'transaction') && importOnly) {
    return 'Only `import`, `send` and a start that imports its source need it.'
  }
  if (tried === 'transaction' && pipelines.some(pipeline => said === `${pipeline}.doctor`)) {
    return 'Only this trial needs it: under the id of the pipeline it would shut out a run that is at work.'
  }
  return null
}
