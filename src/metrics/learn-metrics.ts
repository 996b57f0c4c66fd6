import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { ServedScore } from '../records/model-version.ts'
import { following } from './counted.ts'

/** What a learner says of itself. */
export interface LearnFigures {
  sequences: number
  step: number
  /** Mini-batches whose loss or gradient was no number. */
  dropped: number
  champion: string
  users: number
  items: number
  /** Lists published in this process. */
  lists: number
  served: () => readonly ServedScore[]
}

const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

/**
 * Metrics of a learner; call `stepped` after every step, with how long it took in ms.
 *
 *     const metrics = learnMetrics(registry, () => figures)
 *     metrics.stepped(7)
 */
export function learnMetrics(registry: Registry, figuresOf: () => LearnFigures): { stepped(ms: number): void } {
  const registers = [registry]
  const named = (name: string, help: string) => ({ name: `recstream_learn_${name}`, help, registers })
  const events = following(new Counter(named('events_total', 'Events learned from.')))
  const steps = following(new Counter(named('training_steps_total', 'Steps in which the networks were trained.')))
  const dropped = following(
    new Counter(named('dropped_batches_total', 'Mini-batches left out because a loss or gradient was no number.')),
  )
  const lists = following(
    new Counter({ name: 'recstream_lists_published_total', help: 'Lists on the recommendations topic.', registers }),
  )
  const newest = new Gauge({
    ...{ name: 'recstream_lists_last_timestamp_seconds', help: 'When a list was published last.', registers },
  })
  const durations = new Histogram({
    ...named('step_duration_seconds', 'Time from reading events to what they gave rise to.'),
    buckets: seconds,
  })
  const users = new Gauge(named('users', 'Users that are remembered.'))
  const items = new Gauge(named('items', 'Items that are remembered.'))
  const champion = new Gauge({ ...named('champion', '1 for the policy that serves.'), labelNames: ['policy'] })
  new Gauge({
    ...{
      name: 'recstream_served_score',
      help: 'How good lists were of late, by arm: hr10, ndcg10 and so on.',
      registers,
    },
    labelNames: ['arm', 'metric'],
    collect() {
      this.reset()
      for (const { arm, span, events: _, ...scores } of figuresOf().served()) {
        if (span !== 'recent') continue
        for (const [metric, value] of Object.entries(scores)) this.set({ arm, metric }, value)
      }
    },
  })
  let [before, published] = [figuresOf(), 0]
  return {
    stepped(ms) {
      const now = figuresOf()
      events({}, now.sequences - before.sequences)
      steps({}, now.step - before.step)
      dropped({}, now.dropped - before.dropped)
      lists({}, now.lists)
      if (now.lists > published) newest.setToCurrentTime()
      published = now.lists
      durations.observe(ms / 1_000)
      users.set(now.users)
      items.set(now.items)
      champion.reset()
      champion.set({ policy: now.champion }, 1)
    },
  }
}
