import { ask, type Status } from '../api.ts'
import { chart } from '../chart.ts'
import { fill, h, section } from '../dom.ts'
import { count, decimal, moment, percent } from '../format.ts'
import { facts, table } from '../table.ts'
import type { View } from '../view.ts'

const everyMs = 2_000
const kept = 150

interface Rate {
  seconds: number
  perSecond: number
}

/** What comes in, what becomes of it, and how far everything is. */
export const flows: View = {
  title: 'What flows',
  async show(place, _, signal) {
    const rates: Rate[] = []
    const began = performance.now()
    const now = h('div')
    const curve = h('div')
    const rest = h('div')
    const look = async () => {
      const status = await ask<Status>('/v1/status', { signal })
      const seconds = Math.round((performance.now() - began) / 1_000)
      if (status.ingest !== null) rates.push({ seconds, perSecond: status.ingest.perSecond })
      if (rates.length > kept) rates.shift()
      fill(now, numbers(status))
      fill(curve, curveOf(rates))
      fill(rest, rejected(status), lag(status), learner(status), arms(status))
    }
    await look()
    fill(place, now, curve, rest)
    const again = () => {
      if (signal.aborted) return
      // Who reads a table, or looks for something in it, is not disturbed.
      const calm = document.hidden || rest.contains(document.activeElement) || curve.contains(document.activeElement)
      void (calm ? Promise.resolve() : look().catch(() => {})).then(() => setTimeout(again, everyMs))
    }
    setTimeout(again, everyMs)
  },
}

function numbers({ ingest, tables, log, learner }: Status): HTMLElement {
  if (ingest === null || tables === null) {
    return h('p', { class: 'empty' }, 'Nothing comes in: the pipeline does not run now. Start it with recstream start.')
  }
  const rejects = Object.values(tables.rejected).reduce((sum, each) => sum + each, 0)
  return facts([
    ['Events a second', decimal(ingest.perSecond, ingest.perSecond < 10 ? 1 : 0)],
    ['Events kept', count(tables.eventsKept)],
    ['Rejected', count(rejects)],
    ['Lists made', count(tables.recommendations)],
    ['Not learned yet', learner === null ? '…' : count(learner.behind)],
    ['Log', log],
  ])
}

function curveOf(rates: readonly Rate[]): HTMLElement {
  if (rates.length < 2) return h('p', { class: 'empty' }, 'The curve begins with the next look, in 2 seconds.')
  return chart({
    caption: 'Events a second since this page was opened',
    x: rates.map(({ seconds }) => seconds),
    xName: 'seconds',
    series: [{ name: 'events a second', values: rates.map(({ perSecond }) => perSecond) }],
    show: value => decimal(value, 1),
  })
}

function rejected({ tables }: Status): HTMLElement {
  const rows = Object.entries(tables?.rejected ?? {}).filter(([, records]) => records > 0)
  return section(
    'Rejected',
    table(
      'Records that were rejected, by reason',
      ['Reason', { name: 'Records', right: true }],
      rows.sort((a, b) => b[1] - a[1]).map(([reason, records]) => [reason, count(records)]),
      'Nothing was rejected.',
    ),
  )
}

function lag({ partitions }: Status): HTMLElement {
  return section(
    'How far the input is read',
    table(
      'Partitions of the input',
      ['Partition', ...['Written to', 'Read to', 'Still to read'].map(name => ({ name, right: true }))],
      (partitions ?? []).map(({ topic, partition, end, next, lag }) => [
        `${topic}/${partition}`,
        ...[end, next, lag].map(count),
      ]),
      'There is nobody who reads it now.',
    ),
  )
}

function learner({ learner: it }: Status): HTMLElement {
  if (it === null)
    return section(
      'The learner',
      h('p', { class: 'empty' }, 'It does not answer now: it starts, or catches up with what came before.'),
    )
  const values = facts([
    ['Events learned from', count(it.position)],
    ['Newest event', it.position === 0 ? '–' : moment(it.eventTime)],
    ['Version', count(it.modelVersion)],
    ['Serves', it.champion],
    ['People', count(it.users)],
    ['Items', count(it.items)],
  ])
  return section('The learner', values)
}

function arms({ arms: all }: Status): HTMLElement {
  return section(
    'Arms',
    table(
      'Who gets which lists',
      ['Arm', 'Policy', { name: 'Share of people', right: true }],
      all.map(({ name, policy, share }) => [name, policy, percent(share)]),
      'There are no arms.',
    ),
  )
}
