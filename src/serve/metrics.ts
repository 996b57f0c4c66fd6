import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { processMetrics } from '../metrics/process-metrics.ts'

/** What a service counts; other parts of the process may add to the registry. */
export interface ServeMetrics {
  registry: Registry
  requests: Counter<'route' | 'method' | 'status'>
  durations: Histogram<'route' | 'method' | 'status'>
  inFlight: Gauge
  lists: Counter<'outcome'>
  events: Counter<'outcome'>
  behind: Histogram
  /** Where to look how many records wait to be appended. */
  waiting(count: () => number): void
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** Metrics of a service, with those of its process, under a registry of their own. */
export function createMetrics({ restarts } = { restarts: 0 }): ServeMetrics {
  const registry = processMetrics('serve', { restarts })
  const registers = [registry]
  const labelNames = ['route', 'method', 'status'] as const
  let waiting = () => 0
  new Gauge({
    ...{ name: 'recstream_http_records_waiting', help: 'Records that wait to be appended to the log.', registers },
    collect() {
      this.set(waiting())
    },
  })
  return {
    registry,
    requests: new Counter({
      ...{ name: 'recstream_http_requests_total', help: 'Requests answered.', labelNames, registers },
    }),
    durations: new Histogram({
      ...{ name: 'recstream_http_request_duration_seconds', help: 'Time from a request’s headers to its answer.' },
      ...{ labelNames, registers, buckets: seconds },
    }),
    inFlight: new Gauge({ name: 'recstream_http_requests_in_flight', help: 'Requests being answered.', registers }),
    lists: new Counter({
      name: 'recstream_http_lists_total',
      help: 'Lists sent, and unchanged since.',
      labelNames: ['outcome'],
      registers,
    }),
    events: new Counter({
      name: 'recstream_http_events_total',
      help: 'Events taken in, repeated, refused, and failed where the log did not take them.',
      labelNames: ['outcome'],
      registers,
    }),
    behind: new Histogram({
      name: 'recstream_http_list_behind_records',
      help: 'Records between the newest event of a list’s user that was sent here and what the list knows.',
      buckets: [0, 1, 10, 100, 1_000, 10_000, 100_000],
      registers,
    }),
    waiting(count) {
      waiting = count
    },
  }
}
