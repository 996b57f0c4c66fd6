import { purposes, type World } from '../../../../src/agents/ddpg-la/paper/world.ts'
import { seededRandom } from '../../../../src/state/random.ts'

/**
 * Users whose mood turns around now and then; rewards are high in a good one, a little higher for every other item. The mood
 * shows in the last rewards alone: neither user nor item nor time tells it.
 */
export function moodWorld({ users, events, turns = 0.05 }: { users: number; events: number; turns?: number }): World {
  const random = seededRandom(2, 'mood')
  const items = 6
  const count = users * events
  const world = {
    users,
    items,
    userFeatures: Float32Array.from({ length: users }, (_, user) => user / users),
    itemFeatures: Float32Array.from({ length: items * 2 }, (_, k) => (k % 2 === 0 ? (k % 4 === 0 ? 1 : -1) : k / 12)),
    user: Int32Array.from({ length: count }, (_, row) => row % users),
    item: Int32Array.from({ length: count }, () => random.integer(items)),
    reward: new Float32Array(count),
    time: Float32Array.from({ length: count }, (_, row) => row / count),
    gap: new Float32Array(count).fill(0.5),
    purpose: Uint8Array.from({ length: count }, (_, row) => (row < 0.8 * count ? purposes.fit : purposes.test)),
  }
  const mood = Float32Array.from({ length: users }, () => (random.uniform() < 0.5 ? -1 : 1))
  for (let row = 0; row < count; row++) {
    const user = world.user[row]!
    if (random.uniform() < turns) mood[user]! *= -1
    world.reward[row] = 0.5 + 0.4 * mood[user]! + 0.05 * world.itemFeatures[2 * world.item[row]!]!
  }
  return world
}
