import { hashText, scramble } from '../state/hash.ts'

/** An arm with its part of the users, relative to the others' parts. */
export interface ShareOfArm {
  name: string
  share: number
}

/**
 * The arm that a user belongs to, as its place in the list; −1 when no arm has a share.
 *
 *     armOfUser('ann', [{ name: 'myopic', share: 0.5 }, { name: 'ddpg-la', share: 0.5 }])   // 1
 *
 * Weighted rendezvous hashing (Thaler and Ravishankar 1998; weights: Mosko's logarithmic method): each arm draws −ln(u)/share
 * from its own hash of the user, and the least draw wins, which happens with probability share/sum. When a share grows,
 * users move to that arm only; when it shrinks, from it only. The order of the arms is of no importance.
 */
export function armOfUser(userId: string, arms: readonly ShareOfArm[]): number {
  const user = hashText(userId)
  let best = -1
  let least = Number.POSITIVE_INFINITY
  for (let a = 0; a < arms.length; a++) {
    const { name, share } = arms[a]!
    if (share <= 0) continue
    const draw = -Math.log(uniform(user, hashText(name))) / share
    if (best < 0 || draw < least || (draw === least && name < arms[best]!.name)) {
      least = draw
      best = a
    }
  }
  return best
}

/** A number in (0, 1) for a pair of hashes: the middle of one of 2³² steps, so that its logarithm is finite and below 0. */
const uniform = (user: number, arm: number): number => (scramble(user ^ Math.imul(arm | 1, 0x9e3779b1)) + 0.5) / 2 ** 32
