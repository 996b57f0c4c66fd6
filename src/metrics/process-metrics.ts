import {
  AggregatorRegistry,
  collectDefaultMetrics,
  Gauge,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client'

/** Metrics of a process as they travel to the one that shows them. */
export type MetricsOfProcess = MetricObjectWithValues<MetricValue<string>>[]

/**
 * A registry for one process of a pipeline; what Node says of it has the label `process`.
 *
 *     const registry = processMetrics('learn', { restarts: 0 })
 */
export function processMetrics(process: string, { restarts }: { restarts: number }): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, labels: { process } })
  new Gauge({
    ...{ name: 'recstream_process_restarts', help: 'How often a process was started again in this run.' },
    ...{ labelNames: ['process'], registers: [registry] },
  }).set({ process }, restarts)
  return registry
}

/** What a registry holds now, to be sent. */
export const sentMetrics = (registry: Registry): Promise<MetricsOfProcess> => registry.getMetricsAsJSON()

/** The same metrics, each with one more label. */
export function withLabel(metrics: MetricsOfProcess, name: string, value: string): MetricsOfProcess {
  return metrics.map(metric => ({
    ...metric,
    values: metric.values.map(each => ({ ...each, labels: { ...each.labels, [name]: value } })),
  }))
}

/** Metrics of several processes as Prometheus reads them. */
export function metricsText(processes: readonly MetricsOfProcess[]): Promise<string> {
  return AggregatorRegistry.aggregate([...processes]).metrics()
}
