import type { Log, Position } from '../log/log.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { topicsOf } from '../records/topics.ts'
import type { Status } from '../serve/operations.ts'
import { givenCommands } from './arms/given-commands.ts'
import { sharesFrom } from './arms/prepare-command.ts'
import { askParts, type PartAnswer } from './ask-parts.ts'
import { type IngestStatus, ingestTogether } from './ingest-status.ts'
import type { Layout } from './layout.ts'
import { newestVersion } from './newest-version.ts'

/** Who asks again within that hears the same, ms. */
const freshMs = 500

/** How a pipeline is, as far as it can be had cheaply; what does not answer is null. */
export function pipelineStatus(
  { definition, log, layout }: { definition: PipelineDefinition; log: Log; layout: Layout },
  now: () => number = () => performance.now(),
): () => Promise<Status> {
  const topics = topicsOf(definition.name)
  const newest = newestVersion(log, topics.modelVersions)
  const arms = currentArms(definition, log)
  let asked: { at: number; status: Promise<Status> } | null = null

  const ask = async (): Promise<Status> => {
    const parts = await askParts<IngestStatus>(layout, 'status')
    const ingest = ingestTogether(parts)
    const missing = missingParts(definition.parts, parts)
    const version = await newest()
    return {
      pipeline: definition.name,
      log: log.kind,
      ingest: ingest && {
        eventsRead: ingest.eventsRead,
        perSecond: ingest.perSecond,
        sequence: ingest.sequence,
        publishedSequence: ingest.publishedSequence,
      },
      tables: ingest && {
        eventsKept: ingest.eventsKept,
        rejected: ingest.rejected,
        recommendations: ingest.recommendations,
      },
      partitions:
        ingest &&
        (await lagOf(log, topics.behaviourEvents, ingest.positions)).filter(
          ({ partition }) => !missing.includes(partition % definition.parts),
        ),
      ...(definition.parts === 1 ? {} : { missingParts: missing }),
      arms: await arms(),
      newest: version && {
        version: version.version,
        champion: version.champion,
        step: version.step,
        scores: version.scores,
        served: version.served,
      },
    }
  }
  return () => {
    if (asked === null || now() - asked.at > freshMs) asked = { at: now(), status: ask() }
    return asked.status
  }
}

async function lagOf(
  log: Log,
  topic: string,
  positions: readonly Position[],
): Promise<NonNullable<Status['partitions']>> {
  const ranges = await log.ranges(topic)
  return ranges.map(({ partition, first, end }) => {
    const known = positions.find(each => each.topic === topic && each.partition === partition)
    const next = Math.max(first, known?.offset ?? first)
    return { topic, partition, end, next, lag: Math.max(0, end - next) }
  })
}

/** Arms with the shares that commands have led to; the topic is read again only where more stands on it. */
function currentArms(definition: PipelineDefinition, log: Log): () => Promise<Status['arms']> {
  const topic = topicsOf(definition.name).commands
  let readTo = -1
  let known: Status['arms'] = []
  return async () => {
    const end = (await log.ranges(topic)).reduce((sum, range) => sum + range.end, 0)
    if (end === readTo) return known
    const shares = sharesFrom(definition, await givenCommands(log, topic))
    known = definition.arms.map(({ name, policy }) => ({ name, policy: String(policy), share: shares[name] ?? 0 }))
    readTo = end
    return known
  }
}

/** Parts that run elsewhere, or not at all. */
function missingParts(of: number, answers: readonly PartAnswer<unknown>[]): number[] {
  const answered = answers.filter(({ answer }) => answer !== null).map(({ part }) => part)
  return Array.from({ length: of }, (_, part) => part).filter(part => !answered.includes(part))
}
