import { createHash } from 'node:crypto'
import type { Score, ServedScore } from '../records/model-version.ts'
import { ownPolicy } from '../records/policy-names.ts'
import { addBytes } from '../state/add-bytes.ts'
import type { LearnerParts } from './learner-parts.ts'

/** The scores of all policies so far, and what ddpg-la-residual adds to the policy that it corrects. */
export function scoresOf({ names, scores, added }: LearnerParts): Score[] {
  const all = names.flatMap((policy, p) =>
    scores[p]!.scores().map(({ metric, value, events }) => ({ policy, metric, value, events })),
  )
  const lead = added.score()
  if (lead === null) return all
  const { events } = lead
  const values = { added: lead.lead, addedLow: lead.low, addedHigh: lead.high }
  return [...all, ...Object.entries(values).map(([metric, value]) => ({ policy: ownPolicy, metric, value, events }))]
}

/** How good published lists were so far, by arm. */
export function servedOf({ judged, items, known }: Pick<LearnerParts, 'judged' | 'items' | 'known'>): ServedScore[] {
  return judged.scores(known.isAvailable, items.size)
}

/**
 * SHA-256 of what was learned (networks, baselines and agents that plan), hex.
 *
 * Without what is held of each user by themselves, which may be on disk: it is the same however many users are in memory.
 */
export function weightsSha256(learned: LearnerParts): string {
  const { agent, live, learners, records, earned, users, items, arms } = learned
  learned.withdraw()
  return learned.pages.withoutRows(() => {
    const hash = createHash('sha256')
    const parts = [
      agent.actor.values,
      agent.critic.values,
      live.values,
      ...learners.flatMap(policy => Object.values(policy.save(users.size, items.learned))),
      ...Object.values(records?.save(users.size) ?? {}),
      ...Object.values(earned.save()),
      ...arms.agents.flatMap(each => Object.values(each.save(users.size))),
    ]
    for (const part of parts) addBytes(hash, new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
    return hash.digest('hex')
  })
}
