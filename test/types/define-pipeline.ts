// What a definition may say and what the compiler must refuse; `npm run types` checks it, and nothing of it is run.
import { type BehaviourEvent, definePipeline, type PipelineInput, type Source } from '../../src/index.ts'

const least = {
  name: 'shop',
  behaviours: ['view', 'buy'],
  scale: { kind: 'watch', positiveFrom: 0.5 },
  reward: (event: BehaviourEvent) => (event.behaviour === 'buy' ? 1 : 0),
} satisfies PipelineInput

const source: Source = {
  folder: 'orders',
  read: folder => ({
    name: folder,
    profiles: () => [],
    items: async function* () {
      yield { itemId: 'tea', title: null, attributes: {}, tags: ['drink'] }
    },
    events: () => [],
    eventCount: () => 0,
  }),
}

// What must compile.
definePipeline(least)
definePipeline({ ...least, scale: { kind: 'rating', min: 1, max: 5 } })
definePipeline({ ...least, reward: ({ value, properties }) => (value ?? 0) + (properties['stars'] ?? 0) })
definePipeline({ ...least, like: event => event.value !== null && event.value > 3 })
definePipeline({ ...least, behaviours: ['view'] as const, value: { required: true }, partitions: 4, encoding: 'json' })
definePipeline({ ...least, features: { item: ({ tags }) => [...tags], context: event => [`hour=${event.time}`] } })
definePipeline({ ...least, learn: { hiddenSize: 32, longInterest: 'lstm' }, recommend: { exploration: 'thompson' } })
definePipeline({
  ...least,
  arms: [
    { name: 'today', policy: 'champion', share: 9 },
    { name: 'plan', policy: 'dqn', share: 1, options: { gamma: 0.98 } },
  ],
})
definePipeline({ ...least, schedule: { snapshot: 'never', retention: { cron: '0 3 * * *', olderThanDays: 90 } } })
definePipeline({ ...least, source })

// What is missing or misspelt.
// @ts-expect-error: behaviours are missing
definePipeline({ name: 'shop', scale: least.scale, reward: least.reward })
// @ts-expect-error: the reward is missing
definePipeline({ name: 'shop', behaviours: ['view'], scale: least.scale })
// @ts-expect-error: behaviors, as Americans write it
definePipeline({ ...least, behaviors: ['view'] })
// @ts-expect-error: there is no such setting
definePipeline({ ...least, learn: { hidenSize: 32 } })
// @ts-expect-error: there is no such setting of lists
definePipeline({ ...least, recommend: { size: 20 } })
// @ts-expect-error: there is no such setting of windows
definePipeline({ ...least, window: { shortlength: 5 } })
// @ts-expect-error: there is no such setting of the plan
definePipeline({ ...least, plan: { excluded: 5 } })

// What is of another type.
// @ts-expect-error: a number as text
definePipeline({ ...least, partitions: '4' })
// @ts-expect-error: a number as text, within a group
definePipeline({ ...least, learn: { learningRate: '0.001' } })
// @ts-expect-error: one behaviour that is not in a list
definePipeline({ ...least, behaviours: 'view' })
// @ts-expect-error: yes and no are words
definePipeline({ ...least, guard: { enabled: true } })
// @ts-expect-error: there is no such encoding
definePipeline({ ...least, encoding: 'xml' })
// @ts-expect-error: there is no such cell
definePipeline({ ...least, learn: { longInterest: 'gru' } })
// @ts-expect-error: retention says when and how old
definePipeline({ ...least, schedule: { retention: '0 3 * * *' } })

// Scales.
// @ts-expect-error: a scale must say what it is
definePipeline({ ...least, scale: {} })
// @ts-expect-error: there is no such scale
definePipeline({ ...least, scale: { kind: 'stars', min: 1, max: 5 } })
// @ts-expect-error: ratings have two ends
definePipeline({ ...least, scale: { kind: 'rating', min: 1 } })
// @ts-expect-error: watch shares have no ends
definePipeline({ ...least, scale: { kind: 'watch', min: 0, max: 1 } })

// Functions.
// @ts-expect-error: a reward is a number, not whether
definePipeline({ ...least, reward: event => event.behaviour === 'buy' })
// @ts-expect-error: an event may have no value
definePipeline({ ...least, reward: event => event.value })
// @ts-expect-error: an event has no rating
definePipeline({ ...least, reward: event => event.rating })
// @ts-expect-error: a reward does not wait for anything
definePipeline({ ...least, reward: async () => 1 })
// @ts-expect-error: whether, not how much
definePipeline({ ...least, like: event => event.properties['like'] ?? 0 })
// @ts-expect-error: features are tokens, not one text
definePipeline({ ...least, features: { item: item => item.itemId } })
// @ts-expect-error: the event is not to be changed
definePipeline({ ...least, reward: event => (event.properties['seen'] = 1) })

// Arms.
// @ts-expect-error: there is no such policy
definePipeline({ ...least, arms: [{ name: 'plan', policy: 'sarsa', share: 1 }] })
// @ts-expect-error: an arm has a share
definePipeline({ ...least, arms: [{ name: 'plan', policy: 'dqn' }] })
// @ts-expect-error: one arm that is not in a list
definePipeline({ ...least, arms: { name: 'plan', policy: 'dqn', share: 1 } })

// Sources.
// @ts-expect-error: a source tells items too
definePipeline({ ...least, source: { read: () => ({ profiles: () => [], events: () => [] }) } })
// @ts-expect-error: an event has a user
definePipeline({ ...least, source: { read: () => ({ ...source.read(''), events: () => [{ itemId: 'tea' }] }) } })
// @ts-expect-error: there is no such kind of source
definePipeline({ ...least, source: { ...source, kind: 'url' } })
