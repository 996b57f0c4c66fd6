import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { following } from './counted.ts'

/** What ingest says of itself; numbers since it was opened. */
export interface IngestFigures {
  progress: { eventsRead: number; sequence: number; publishedSequence: number }
  came: { passedOver: number; rejected: Readonly<Record<string, number>> }
  /** Milliseconds by stage. */
  stageTimes: Readonly<Record<string, number>>
}

const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

/**
 * Metrics of ingest; call what is returned after every step.
 *
 *     const stepped = ingestMetrics(registry)
 *     stepped(ingest)
 */
export function ingestMetrics(registry: Registry): (ingest: IngestFigures) => void {
  const registers = [registry]
  const named = (name: string, help: string) => ({ name: `recstream_ingest_${name}`, help, registers })
  const read = following(new Counter(named('events_total', 'Events read.')))
  const kept = following(new Counter(named('kept_total', 'Events kept.')))
  const rejected = following(
    new Counter({ ...named('rejected_total', 'Events rejected, by reason.'), labelNames: ['reason'] }),
  )
  const waiting = new Gauge(named('unpublished_events', 'Events kept whose sequences are not published yet.'))
  const durations = new Histogram({
    ...named('stage_duration_seconds', 'Time that a batch took in each stage.'),
    ...{ labelNames: ['stage'], buckets: seconds },
  })
  const newest = new Gauge(named('last_event_timestamp_seconds', 'When an event was kept last.'))
  const spent = new Map<string, number>()
  let first: number | null = null
  let last = 0
  return ({ progress, came, stageTimes }) => {
    // Rows of earlier runs are there when it begins.
    first ??= progress.sequence
    read({}, progress.eventsRead)
    kept({}, progress.sequence - first)
    for (const [reason, count] of Object.entries(came.rejected)) rejected({ reason }, count)
    waiting.set(progress.sequence - progress.publishedSequence)
    if (progress.sequence > last) newest.setToCurrentTime()
    last = progress.sequence
    for (const [stage, ms] of Object.entries(stageTimes)) {
      const before = spent.get(stage) ?? 0
      if (ms !== before) durations.observe({ stage }, Math.max(0, ms - before) / 1_000)
      spent.set(stage, ms)
    }
  }
}
