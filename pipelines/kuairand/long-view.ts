import { defineKuaiRand } from './define-kuairand.ts'

/**
 * KuaiRand-Pure with a long view as the reward, as the data set's own `long_view` has it.
 *
 *     npx recstream experiment prequential --pipeline kuairand-long-view --source KuaiRand-Pure
 */
export default defineKuaiRand({
  name: 'kuairand-long-view',
  description: 'KuaiRand-Pure: is the video watched long?',
  reward: ({ properties }) => properties['longView'] ?? 0,
  scale: { kind: 'watch', positiveFrom: 0.5 },
})
