import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { RecstreamError, thrownText } from '../../errors.ts'
import { openDoor } from '../../learner/door/open-door.ts'
import { type MetricsOfProcess, withLabel } from '../../metrics/process-metrics.ts'
import { withSettings } from '../../pipeline/settings.ts'
import type { Part } from '../../records/part.ts'
import { topicSpecs } from '../../records/topics.ts'
import { isLoopback, urlOf } from '../../serve/address.ts'
import { createMetrics } from '../../serve/metrics.ts'
import { openHttpServer } from '../../serve/server.ts'
import { createService } from '../../serve/service.ts'
import { askControl } from '../control.ts'
import { findPipeline } from '../find-pipeline.ts'
import { type FollowSockets, type Layout, layoutOf, layoutOfPart } from '../layout.ts'
import type { Assignment } from '../messages.ts'
import { openLog } from '../open-log.ts'
import { openOperations } from '../operations.ts'
import type { ProcessLink } from './process-link.ts'

/**
 * Answer requests over HTTP until asked to stop: lists from the learner, events to the log.
 *
 * The learner is the leader, or a follower of this service's own, whose sockets are given: then the metrics are its alone, for the
 * pipeline's other processes are another service's.
 */
export async function runServe(
  {
    pipeline,
    settings,
    data,
    connection,
    serve,
  }: Pick<Assignment, 'pipeline' | 'settings' | 'data' | 'connection' | 'serve'>,
  link: ProcessLink,
  follower: FollowSockets | null = null,
): Promise<void> {
  if (serve === undefined) throw new RecstreamError('CONFIG_INVALID', 'There is no address to listen at; give --http.')
  const definition = withSettings(await findPipeline(pipeline), settings)
  const layout = layoutOf(data, definition.name)
  const notice = once(message => link.say({ type: 'notice', message }))
  const log = await openLog(connection, layout, { onNotice: notice })
  await log.ensureTopics(
    topicSpecs(definition.name, definition.partitions, definition.topicRetention, definition.parts),
  )
  const learner = openDoor(follower?.door ?? layout.learnDoor)
  const operations = openOperations({ definition, log, layout })
  const ofIngest = Array.from({ length: definition.parts }, (_, part) =>
    ingestMetrics(layout, { part, of: definition.parts }),
  )
  const ofSocket = (socket: string) => () => askControl<MetricsOfProcess>(socket, 'metrics')
  const service = createService({
    ...{ definition, log, limits: serve.limits, metrics: createMetrics(), newId: randomUUID },
    ...{ learner, operations },
    others: follower === null ? [...ofIngest, ofSocket(layout.learnControl)] : [ofSocket(follower.control)],
    // Any number of processes may write at once, and none of them shuts another out.
    process: `${hostname()}.${process.pid}`,
  })
  const server = await openHttpServer({
    ...serve,
    service,
    clock: Date.now,
    onFault: error => notice(`A request failed for a reason that is a bug: ${thrownText(error)}.`),
  })
  const { address } = server
  const url = urlOf(address, serve.tls !== null)
  link.say({ type: 'ready', detail: url })
  link.say({ type: 'listening', address, url })
  if (serve.tokens === null && !isLoopback(address.host)) {
    notice(`Everybody who reaches ${url} may read and write: no tokens were given.`)
  }
  await new Promise<void>(resolve => {
    if (link.stopped.aborted) resolve()
    else link.stopped.addEventListener('abort', () => resolve(), { once: true })
  })
  await server.stop()
  await service.close()
  operations.close()
  learner.close()
  await log.close()
}

/** What a part of ingest says of itself; of several, each series has its part's label. */
function ingestMetrics(layout: Layout, part: Part): () => Promise<MetricsOfProcess> {
  return async () => {
    const metrics = await askControl<MetricsOfProcess>(layoutOfPart(layout, part).control, 'metrics')
    return part.of === 1 ? metrics : withLabel(metrics, 'part', `${part.part}`)
  }
}

/** Messages that are said once each; of what differs every time, the first ones. */
function once(say: (message: string) => void): (message: string) => void {
  const said = new Set<string>()
  return message => {
    if (said.size > 100 || said.has(message)) return
    said.add(message)
    say(message)
  }
}
