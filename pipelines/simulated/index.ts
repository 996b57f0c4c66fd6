import { definePipeline, featuresWithNumbers, numbersAsAttributes } from '../../src/index.ts'

/**
 * Simulated people, who tire of what they see and leave, or come back sooner; `recstream simulate` writes and reads it.
 *
 *     npx recstream simulate live simulated
 *
 * One event is one item shown to one person; its value, the share watched, is the reward. What may be known of people and
 * items comes as numbers, for agents that plan; genres are tags.
 */
export default definePipeline({
  name: 'simulated',
  description: 'Simulated people who react to what they are shown',
  // These people may be shown an item again after a hundred others, which takes them about two days.
  behaviours: { watch: { again: 2 * 86_400_000, target: true } },
  value: { min: 0, max: 1, required: true },
  reward: event => Math.min(1, Math.max(0, event.value ?? 0)),
  scale: { kind: 'watch', positiveFrom: 0.5 },
  features: featuresWithNumbers,
  recommend: { everyMs: 0, length: 10 },
  // What the simulator says of an item and a person: 8 factors, a bias, the log of a count and 18 genres; 9 numbers of a profile.
  plan: { exclude: 100, vectorSize: 28, profileSize: 9 },
  arms: [
    { name: 'myopic', policy: 'myopic', share: 0.5 },
    // Who is served pays for exploration: it explores less and less.
    { name: 'ddpg-la', policy: 'ddpg-la', share: 0.5, options: { 'noise.to': 0.25, 'noisy.to': 0.3 } },
  ],
  // People stay so long, unless the simulator is given another value.
  guard: { days: 10 },
  simulate: {
    event: ({ watch, like }) => ({ behaviour: 'watch', value: watch, properties: { like } }),
    ...numbersAsAttributes,
  },
})
