import { expect, test } from 'vitest'
import { blocksOf } from '../../../src/lab/experiment/blocks.ts'
import { collectScores } from '../../../src/lab/experiment/collect.ts'
import { loadRatings } from '../../../src/lab/experiment/load-ratings.ts'
import { logistic, policyTrials } from '../../../src/lab/experiment/policy-trial.ts'
import { definePipeline } from '../../../src/pipeline/define-pipeline.ts'

/** Whether a video is clicked goes by the tab it is shown on and nothing else. */
const definition = definePipeline({
  name: 'tabs',
  behaviours: ['view'],
  scale: { kind: 'watch', positiveFrom: 0.5 },
  reward: ({ properties }) => properties['click']!,
  features: { context: ({ properties }) => [`tab=${properties['tab']}`] },
  clean: { botLimit: 1000 },
  source: {
    kind: 'text',
    read: () => ({
      profiles: () => [{ userId: 'u0', attributes: { age: '30' } }],
      items: () => [],
      events: () =>
        Array.from({ length: 600 }, (_, n) => {
          const tab = (n * n + (n >> 3)) % 3 === 0 ? 1 : 2
          return {
            ...{ eventId: `e${n}`, userId: `u${n % 4}`, itemId: `i${n % 7}`, behaviour: 'view', value: null },
            ...{ time: 1_000_000_000_000 + 60_000 * n, recommendationId: null },
            properties: { tab, click: tab === 1 ? 1 : 0 },
          }
        }),
    }),
  },
})

test('what surrounds an event is told with that event and is no property of its user', async () => {
  const ratings = await loadRatings(definition, 'tabs')
  expect(ratings.userTokens).toEqual([['age=30'], [], [], []])
  const [block] = [...blocksOf(ratings, definition, Int32Array.of(0, 1, 4))]
  const told = block!.user.map(user => block!.users[user]!.features)
  expect(told).toEqual(['["age=30","@tab=1"]', '["@tab=2"]', '["age=30","@tab=2"]'])
})

test('a policy by itself is told of the surroundings before it predicts', async () => {
  const ratings = await loadRatings(definition, 'tabs')
  const [trial] = policyTrials(logistic, [1], { collect: collectScores })
  const { signal } = new AbortController()
  const { metrics } = await trial!.run({ definition, ratings, progress: () => {}, signal, clock: () => 0 })
  expect(metrics['auc']).toBeGreaterThan(0.95)
})
