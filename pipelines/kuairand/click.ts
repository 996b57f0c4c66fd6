import { defineKuaiRand } from './define-kuairand.ts'

/**
 * KuaiRand-Pure with a click as the reward, as the data set's own `is_click` has it.
 *
 *     npx recstream experiment prequential --pipeline kuairand-click --source KuaiRand-Pure
 */
export default defineKuaiRand({
  name: 'kuairand-click',
  description: 'KuaiRand-Pure: is the video clicked?',
  reward: ({ properties }) => properties['click'] ?? 0,
  scale: { kind: 'watch', positiveFrom: 0.5 },
})
