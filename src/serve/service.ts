import { inputEncodings } from '../codec/input.ts'
import type { Log } from '../log/log.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { topicsOf } from '../records/topics.ts'
import { type AppendQueue, appendQueue } from './append-queue.ts'
import { askedLists } from './asked-lists.ts'
import { eventJudge, knownEvents } from './events.ts'
import type { Learner } from './learner.ts'
import type { ServeMetrics } from './metrics.ts'
import type { Limits } from './options.ts'
import { ownWrites } from './own-writes.ts'

export interface ServiceOptions {
  definition: PipelineDefinition
  log: Log
  learner: Learner
  limits: Limits
  metrics: ServeMetrics
  /** A name that no other process has: producers go by it. */
  process: string
  newId: () => string
  /** A list that was asked for is on no topic. */
  onDropped: (error: unknown) => void
}

/** What routes work with. */
export type Service = ReturnType<typeof createService>

/** The ports of a pipeline, as those need them who answer requests. */
export function createService(options: ServiceOptions) {
  const { definition, log, learner, limits, metrics, process, newId, onDropped } = options
  const topics = topicsOf(definition.name)
  const encodings = inputEncodings({ decode: definition.decode, encoding: 'json' })
  const queue = (of: string): AppendQueue => appendQueue({ log, producer: `${definition.name}.serve${of}.${process}` })
  // Apart, so that no list holds up an event.
  const writes = queue('')
  const lists = queue('-lists')
  const publish = askedLists({
    queue: lists,
    topic: topics.recommendations,
    encoding: definition.encoding,
    onPublished: () => metrics.lists.inc({ outcome: 'published' }),
    onDropped(error) {
      metrics.lists.inc({ outcome: 'dropped' })
      onDropped(error)
    },
  })
  metrics.waiting(() => writes.waiting + lists.waiting)
  return {
    definition,
    topics,
    encodings,
    log,
    learner,
    limits,
    metrics,
    newId,
    judge: eventJudge(definition, encodings.event),
    known: knownEvents(),
    own: ownWrites(log, topics.behaviourEvents),
    append: writes.append,
    publish,
    /** Resolves when the log has all that was taken in. */
    async close(): Promise<void> {
      await Promise.all([writes.close(), lists.close()])
    },
  }
}
