import { Gauge, type Registry } from 'prom-client'
import type { Log, Position } from '../log/log.ts'

/** A gauge of how many records of each partition a process has still to read; where the log does not answer it says nothing. */
export function lagMetric(
  registry: Registry,
  {
    name,
    help,
    log,
    positions,
  }: { name: string; help: string; log: Pick<Log, 'ranges'>; positions: () => Promise<Position[]> },
): void {
  new Gauge({
    ...{ name, help, labelNames: ['topic', 'partition'], registers: [registry] },
    async collect() {
      this.reset()
      const read = await positions().catch(() => [])
      for (const topic of new Set(read.map(each => each.topic))) {
        for (const { partition, first, end } of await log.ranges(topic).catch(() => [])) {
          const at = read.find(each => each.topic === topic && each.partition === partition)?.offset ?? first
          this.set({ topic, partition: String(partition) }, Math.max(0, end - at))
        }
      }
    },
  })
}
