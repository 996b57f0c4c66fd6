import { RecstreamError } from '../../errors.ts'
import { mendCommands } from '../../log/kafka/topic-commands.ts'
import type { TopicState } from '../../log/log.ts'
import { faultSentences, sharedFaults } from '../../log/topic-faults.ts'
import { count } from '../../records/words.ts'
import type { Connection } from '../../run/messages.ts'
import { openLog } from '../../run/open-log.ts'
import { scrub } from '../../run/scrub.ts'
import type { ChosenPipeline } from '../choose-pipeline.ts'
import { wantedTopics } from '../topics/wanted-topics.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** Whether the topics of a pipeline on Kafka keep and take what they must; each fault with what mends it. */
export async function checkTopics(
  { name, layout }: ChosenPipeline,
  { given, connection, settings }: { given: string; connection: Connection; settings: Record<string, string> },
): Promise<Finding[]> {
  const specs = await wantedTopics(given, settings).catch(nullIfUnknown)
  if (specs === null) return [] // given by a module whose path is not known here
  try {
    const log = await openLog(connection, layout)
    try {
      return findings(name, await log.examineTopics(specs), connection.brokers ?? [])
    } finally {
      await log.close()
    }
  } catch (error) {
    return [problem(name, `Its topics cannot be looked at: ${scrub((error as Error).message)}`)]
  }
}

function nullIfUnknown(error: unknown): null {
  if (error instanceof RecstreamError && error.code === 'PIPELINE_UNKNOWN') return null
  throw error
}

function findings(name: string, states: readonly TopicState[], brokers: readonly string[]): Finding[] {
  const there = states.filter(({ partitions }) => partitions > 0)
  if (there.length === 0) return [ok(name, 'its topics are made at its first start with these brokers')]
  const faults = there.flatMap(state => state.faults)
  const found = sharedFaults(faults).map(same => {
    const [message] = faultSentences(same) as [string]
    const advice = mendCommands(brokers, same).join('\n')
    return (same[0]!.refused ? problem : warning)(name, message, advice)
  })
  const missing = states.length - there.length
  if (missing > 0) found.push(ok(name, `${count(missing)} of its topics are missing, and made at the next start`))
  return found.length > 0 ? found : [ok(name, `its ${count(there.length)} topics keep and take what they must`)]
}
