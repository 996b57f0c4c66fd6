import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { ingestMetrics } from '../../src/metrics/ingest-metrics.ts'
import { metricsText, sentMetrics } from '../../src/metrics/process-metrics.ts'

const figures = (sequence: number, rejected: number, commit: number) => ({
  progress: { eventsRead: sequence + rejected, sequence, publishedSequence: sequence - 1 },
  came: { passedOver: 0, rejected: { duplicate: rejected } },
  stageTimes: { commit, clean: 0 },
})

test('counts what this process did, not what was there before, also when ingest is opened again', async () => {
  const registry = new Registry()
  const stepped = ingestMetrics(registry)
  stepped(figures(1_000, 0, 0)) // rows of an earlier run
  stepped(figures(1_010, 2, 30))
  stepped(figures(1_015, 3, 30)) // nothing was committed
  stepped(figures(1_020, 1, 50)) // it was opened again, and has rejected one since
  const text = await metricsText([await sentMetrics(registry)])
  expect(text).toContain('recstream_ingest_kept_total 20\n')
  expect(text).toContain('recstream_ingest_rejected_total{reason="duplicate"} 4\n')
  expect(text).toContain('recstream_ingest_unpublished_events 1\n')
  expect(text).toContain('recstream_ingest_stage_duration_seconds_count{stage="commit"} 2\n')
  expect(text).toContain('recstream_ingest_stage_duration_seconds_sum{stage="commit"} 0.05\n')
})

test('metrics of several processes stand side by side', async () => {
  const [one, two] = [new Registry(), new Registry()]
  ingestMetrics(one)(figures(1, 0, 0))
  ingestMetrics(two)(figures(1, 5, 0))
  const text = await metricsText([await sentMetrics(one), await sentMetrics(two)])
  expect(text.match(/^# TYPE recstream_ingest_events_total counter$/gm)).toHaveLength(1)
  expect(text).toContain('recstream_ingest_events_total 7\n')
})
