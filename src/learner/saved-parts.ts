import { presentName } from '../records/policy-names.ts'
import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import type { LearnerParts } from './learner-parts.ts'

/** All that the parts of a learner have learned, one after the other, each under a name of its own. */
export function* savedParts(parts: LearnerParts): Generator<SavedArrays> {
  const [users, items] = [parts.users.size, parts.items.size]
  yield parts.users.save('users')
  yield prefixed('pages', parts.pages.save())
  yield parts.items.save('items')
  yield prefixed('userFeatures', parts.userFeatures.save(users))
  yield prefixed('userAttributes', parts.userAttributes.save(users))
  yield prefixed('known', parts.known.save(items))
  yield prefixed('itemFeatures', parts.itemFeatures.save(items))
  yield prefixed('interest', parts.interest.save(users))
  yield prefixed('gate', parts.served.save())
  yield prefixed('earned', parts.earned.save())
  yield prefixed('added', parts.added.save(users))
  if (parts.records !== null) yield prefixed('records', parts.records.save(users))
  yield prefixed('show', parts.show.save(users, items))
  yield prefixed('lists', parts.lists.save(users, items))
  yield prefixed('agent', parts.agent.save())
  yield prefixed('arms', parts.arms.save(users, items))
  yield prefixed('control', parts.control.save(users))
  yield prefixed('judged', parts.judged.save(users, items))
  yield prefixed('steady', parts.steady.save(items))
  yield { live: parts.live.values, liveCritic: parts.liveCritic.values }
  parts.withdraw()
  for (const policy of parts.learners) yield prefixed(`policy.${policy.name}`, policy.save(users, items))
  for (const [p, name] of parts.names.entries()) yield prefixed(`score.${name}`, parts.scores[p]!.save())
}

/** Bring parts to where `savedParts` found others of the same definition. */
export function restoreParts(parts: LearnerParts, saved: SavedArrays): void {
  const arrays = underPresentNames(saved)
  const { live, liveCritic, scores } = parts
  parts.users.restore('users', arrays)
  parts.items.restore('items', arrays)
  parts.pages.restore(withPrefix('pages', arrays), parts.users.size)
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
  parts.restored()
  for (const [p, name] of parts.names.entries()) scores[p]!.restore(withPrefix(`score.${name}`, arrays))
  parts.pages.settle(arrays['users.order'] as Int32Array)
}

/** Arrays of policies that had other names when they were saved, under the names of today. */
function underPresentNames(arrays: SavedArrays): SavedArrays {
  const renamed = Object.entries(arrays).map(([name, array]) => [
    name.replace(/^(policy|score)\.([^.]+)/, (_, kind: string, policy: string) => `${kind}.${presentName(policy)}`),
    array,
  ])
  return Object.fromEntries(renamed)
}
