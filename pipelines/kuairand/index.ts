import type { BehaviourEvent } from '../../src/index.ts'
import { defineKuaiRand } from './define-kuairand.ts'

/** Watching this long is a long view of any video, as the data set's own `long_view` has it, seconds. */
const longViewSeconds = 18

/**
 * Short videos: KuaiRand-Pure, of which a sample comes with the package; give the whole of it with `--source`.
 *
 *     npx recstream start kuairand
 *
 * One event is one video shown to one user; its value is the seconds watched. A reward of 0.8 or more is a long view: the
 * video was watched to its end, or for 18 seconds (or for most of that, and liked).
 */
export default defineKuaiRand({
  name: 'kuairand',
  description: 'Short videos watched on Kuaishou: a sample of KuaiRand-Pure',
  reward: watchReward,
  scale: { kind: 'watch', positiveFrom: 0.8 },
})

/**
 * Reward in [0, 1] from watch time and likes: 0.8 · min(1, watched / min(duration, 18 s)) + 0.2 if the user liked the video,
 * commented on it, forwarded it or followed its author; 0 if the user asked not to see such videos.
 *
 * A duration of 0 means that it is not known (pictures, mostly), and counts as 18 s.
 */
export function watchReward({ value, properties }: BehaviourEvent): number {
  const { duration = 0, like = 0, comment = 0, forward = 0, follow = 0, hate = 0 } = properties
  if (hate > 0) return 0
  const goal = duration > 0 ? Math.min(duration, longViewSeconds) : longViewSeconds
  const watched = Math.min(1, Math.max(0, value ?? 0) / goal)
  return 0.8 * watched + (like + comment + forward + follow > 0 ? 0.2 : 0)
}
