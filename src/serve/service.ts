import { inputEncodings } from '../codec/input.ts'
import type { Log } from '../log/log.ts'
import type { MetricsOfProcess } from '../metrics/process-metrics.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { topicsOf } from '../records/topics.ts'
import { appendQueue } from './append-queue.ts'
import { eventJudge, knownEvents } from './events.ts'
import type { Learner } from './learner.ts'
import type { ServeMetrics } from './metrics.ts'
import type { Operations } from './operations.ts'
import type { Limits } from './options.ts'
import { ownWrites } from './own-writes.ts'

export interface ServiceOptions {
  definition: PipelineDefinition
  log: Log
  learner: Learner
  operations: Operations
  limits: Limits
  metrics: ServeMetrics
  /** Metrics of the pipeline's other processes; each rejects while its process is not there. */
  others: readonly (() => Promise<MetricsOfProcess>)[]
  /** A name that no other process has: its producer goes by it. */
  process: string
  newId: () => string
}

/** What routes work with. */
export type Service = ReturnType<typeof createService>

/** The ports of a pipeline, as those need them who answer requests. */
export function createService(options: ServiceOptions) {
  const { definition, log, learner, operations, limits, metrics, others, process, newId } = options
  const topics = topicsOf(definition.name)
  const encodings = inputEncodings({ decode: definition.decode, encoding: 'json' })
  const writes = appendQueue({ log, producer: `${definition.name}.serve.${process}` })
  metrics.waiting(() => writes.waiting)
  return {
    definition,
    topics,
    encodings,
    log,
    learner,
    operations,
    limits,
    metrics,
    others,
    newId,
    judge: eventJudge(definition, encodings.event),
    known: knownEvents(),
    own: ownWrites(log, topics.behaviourEvents),
    append: writes.append,
    /** Resolves when the log has all that was taken in. */
    close: writes.close,
  }
}
