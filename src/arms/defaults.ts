import { knownAgents } from '../agents/known-agents.ts'
import type {
  Arm,
  ArmPolicy,
  BehaviourEvent,
  GuardSettings,
  PlanningPolicy,
  PlanSettings,
} from '../records/definition.ts'

/** Every policy that an arm can have. */
export const armPolicies: readonly ArmPolicy[] = ['champion', ...(Object.keys(knownAgents) as PlanningPolicy[])]

/** One arm for everybody, served by the policy that predicts best. */
export const defaultArms: readonly Arm[] = [{ name: 'all', policy: 'champion', share: 1 }]

/**
 * Agents see what the learner has learned of users and items, and show nobody what was among their last hundred items.
 *
 *     plan: { vectorSize: 27, profileSize: 9 }   // they see the numbers that features give instead
 */
export const defaultPlan: PlanSettings = { exclude: 100, vectorSize: 0, profileSize: 0 }

/** A user's week counts; no arm is judged by fewer than a hundred of them. */
export const defaultGuard: GuardSettings = { enabled: 'yes', alpha: 0.05, minUsers: 100, days: 7 }

/** An event whose property "like" is above 0. */
export const defaultLike = (event: BehaviourEvent): boolean => (event.properties['like'] ?? 0) > 0
