import { presentName } from '../records/policy-names.ts'
import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import type { LearnerParts } from './learner-parts.ts'

/** All that the parts of a learner have learned, each under a name of its own. */
export function saveParts(parts: LearnerParts): SavedArrays {
  const { users, items, scores } = parts
  const arrays: SavedArrays = {
    ...users.save('users'),
    ...items.save('items'),
    ...prefixed('userFeatures', parts.userFeatures.save(users.size)),
    ...prefixed('userAttributes', parts.userAttributes.save(users.size)),
    ...prefixed('known', parts.known.save(items.size)),
    ...prefixed('itemFeatures', parts.itemFeatures.save(items.size)),
    ...prefixed('interest', parts.interest.save(users.size)),
    ...prefixed('gate', parts.served.save()),
    ...prefixed('earned', parts.earned.save()),
    ...prefixed('added', parts.added.save(users.size)),
    ...prefixed('records', parts.records?.save(users.size) ?? {}),
    ...prefixed('show', parts.show.save(users.size, items.size)),
    ...prefixed('lists', parts.lists.save(users.size, items.size)),
    ...prefixed('agent', parts.agent.save()),
    ...prefixed('arms', parts.arms.save(users.size, items.size)),
    ...prefixed('control', parts.control.save(users.size)),
    ...prefixed('judged', parts.judged.save(users.size, items.size)),
    ...prefixed('steady', parts.steady.save(items.size)),
    live: parts.live.values.slice(),
    liveCritic: parts.liveCritic.values.slice(),
  }
  for (const policy of parts.learners) {
    Object.assign(arrays, prefixed(`policy.${policy.name}`, policy.save(users.size, items.size)))
  }
  for (const [p, name] of parts.names.entries()) Object.assign(arrays, prefixed(`score.${name}`, scores[p]!.save()))
  return arrays
}

/** Bring parts to where `saveParts` found others of the same definition. */
export function restoreParts(parts: LearnerParts, saved: SavedArrays): void {
  const arrays = underPresentNames(saved)
  const { live, liveCritic, scores } = parts
  parts.users.restore('users', arrays)
  parts.items.restore('items', arrays)
  parts.userFeatures.restore(withPrefix('userFeatures', arrays))
  parts.userAttributes.restore(withPrefix('userAttributes', arrays))
  parts.known.restore(withPrefix('known', arrays))
  parts.itemFeatures.restore(withPrefix('itemFeatures', arrays))
  parts.interest.restore(withPrefix('interest', arrays))
  parts.served.restore(withPrefix('gate', arrays))
  parts.earned.restore(withPrefix('earned', arrays))
  parts.added.restore(withPrefix('added', arrays))
  parts.records?.restore(withPrefix('records', arrays))
  parts.show.restore(withPrefix('show', arrays))
  parts.lists.restore(withPrefix('lists', arrays))
  parts.agent.restore(withPrefix('agent', arrays))
  parts.arms.restore(withPrefix('arms', arrays), parts.users.size)
  parts.control.restore(withPrefix('control', arrays))
  parts.judged.restore(withPrefix('judged', arrays))
  parts.steady.restore(withPrefix('steady', arrays))
  live.values.set(arrays['live'] as Float32Array)
  parts.actor.load(live)
  liveCritic.values.set(arrays['liveCritic'] as Float32Array)
  parts.critic.load(liveCritic)
  for (const policy of parts.learners) policy.restore(withPrefix(`policy.${policy.name}`, arrays))
  for (const [p, name] of parts.names.entries()) scores[p]!.restore(withPrefix(`score.${name}`, arrays))
}

/** Arrays of policies that had other names when they were saved, under the names of today. */
function underPresentNames(arrays: SavedArrays): SavedArrays {
  const renamed = Object.entries(arrays).map(([name, array]) => [
    name.replace(/^(policy|score)\.([^.]+)/, (_, kind: string, policy: string) => `${kind}.${presentName(policy)}`),
    array,
  ])
  return Object.fromEntries(renamed)
}
