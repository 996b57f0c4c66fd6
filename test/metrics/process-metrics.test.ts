import { Counter, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { metricsText, sentMetrics, withLabel } from '../../src/metrics/process-metrics.ts'

/** What a process with this count tells. */
function told(count: number) {
  const registry = new Registry()
  new Counter({ name: 'read_total', help: 'Read.', registers: [registry] }).inc(count)
  return sentMetrics(registry)
}

test('series of parts stand apart by a label, where without it they would be added up', async () => {
  const [first, second] = [await told(3), await told(4)]
  const text = await metricsText([withLabel(first, 'part', '0'), withLabel(second, 'part', '1')])
  expect(text.split('\n').filter(line => line.startsWith('read_total'))).toEqual([
    'read_total{part="0"} 3',
    'read_total{part="1"} 4',
  ])
  expect(await metricsText([first, second])).toContain('read_total 7')
})
