// Writes infra/grafana/recstream.json: `node infra/grafana/make-dashboard.mjs`. The panels are listed here, so that a change is one line.
import { writeFileSync } from 'node:fs'

const quantile = (q, metric, by = '') =>
  `histogram_quantile(${q}, sum by (le${by && `, ${by}`}) (rate(${metric}_bucket[$__rate_interval])))`
const perSecond = (metric, by = '') => `sum${by && ` by (${by})`} (rate(${metric}[$__rate_interval]))`

const rows = [
  {
    title: 'What flows',
    panels: [
      [
        'Events read',
        'events/s',
        [
          [perSecond('recstream_ingest_events_total'), 'read'],
          [perSecond('recstream_ingest_kept_total'), 'kept'],
        ],
      ],
      [
        'Events rejected, by reason',
        'events/s',
        [[perSecond('recstream_ingest_rejected_total', 'reason'), '{{reason}}']],
      ],
      [
        'Records not read yet',
        'short',
        [['sum by (topic, partition) (recstream_ingest_lag_records)', '{{topic}}/{{partition}}']],
      ],
      [
        'Blocks not learned from yet',
        'short',
        [
          ['sum(recstream_learn_lag_records)', 'blocks'],
          ['recstream_ingest_unpublished_events', 'events not handed on'],
        ],
      ],
      [
        'Time of a batch in each stage, 99 of 100',
        's',
        [[quantile(0.99, 'recstream_ingest_stage_duration_seconds', 'stage'), '{{stage}}']],
      ],
      ['Events learned from', 'events/s', [[perSecond('recstream_learn_events_total'), 'learned']]],
    ],
  },
  {
    title: 'What is served',
    panels: [
      [
        'Lists',
        'lists/s',
        [
          [perSecond('recstream_lists_published_total'), 'published'],
          [perSecond('recstream_http_lists_total', 'outcome'), 'asked for, {{outcome}}'],
        ],
      ],
      ['Age of the newest list', 's', [['time() - recstream_lists_last_timestamp_seconds', 'newest list']]],
      [
        'How good lists were over the last day',
        'percentunit',
        [['recstream_served_score{metric=~"hr10|ndcg10|mrr20"}', '{{arm}} {{metric}}']],
      ],
      [
        'Time of an answer',
        's',
        [
          [quantile(0.5, 'recstream_http_request_duration_seconds'), 'half'],
          [quantile(0.99, 'recstream_http_request_duration_seconds'), '99 of 100'],
        ],
      ],
      ['Answers, by status', 'answers/s', [[perSecond('recstream_http_requests_total', 'status'), '{{status}}']]],
      [
        'Requests in flight, records that wait for the log',
        'short',
        [
          ['recstream_http_requests_in_flight', 'requests'],
          ['recstream_http_records_waiting', 'records'],
        ],
      ],
    ],
  },
  {
    title: 'Processes',
    panels: [
      ['Memory', 'bytes', [['sum by (process) (process_resident_memory_bytes{job="recstream"})', '{{process}}']]],
      [
        'CPU',
        'percentunit',
        [['sum by (process) (rate(process_cpu_seconds_total{job="recstream"}[$__rate_interval]))', '{{process}}']],
      ],
      ['Started again', 'short', [['max by (process) (recstream_process_restarts)', '{{process}}']]],
      [
        'Training',
        'steps/s',
        [
          [perSecond('recstream_learn_training_steps_total'), 'steps'],
          [perSecond('recstream_learn_dropped_batches_total'), 'batches left out'],
        ],
      ],
      ['Time of a learner’s step, 99 of 100', 's', [[quantile(0.99, 'recstream_learn_step_duration_seconds'), 'step']]],
      [
        'Users and items remembered',
        'short',
        [
          ['recstream_learn_users', 'users'],
          ['recstream_learn_items', 'items'],
        ],
      ],
    ],
  },
]

let y = 0
let id = 0
const panels = rows.flatMap(({ title, panels }) => {
  const row = { id: ++id, type: 'row', title, collapsed: false, gridPos: { x: 0, y: y++, w: 24, h: 1 }, panels: [] }
  const all = panels.map(([title, unit, targets], k) => ({
    ...{ id: ++id, type: 'timeseries', title, datasource: { type: 'prometheus', uid: '$datasource' } },
    gridPos: { x: 8 * (k % 3), y: y + 8 * Math.floor(k / 3), w: 8, h: 8 },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: targets.map(([expr, legendFormat], t) => ({ refId: 'ABCDEF'[t], expr, legendFormat })),
  }))
  y += 8 * Math.ceil(panels.length / 3)
  return [row, ...all]
})
const dashboard = {
  ...{ uid: 'recstream', title: 'recstream', tags: ['recstream'], schemaVersion: 39, refresh: '15s', editable: true },
  ...{ time: { from: 'now-1h', to: 'now' }, timezone: 'browser' },
  templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Prometheus' }] },
  panels,
}
writeFileSync(new URL('./recstream.json', import.meta.url), `${JSON.stringify(dashboard, null, 2)}\n`)
