import { knownAgents } from '../agents/known-agents.ts'
import type { Arm, ArmPolicy, BehaviourEvent, PlanningPolicy } from '../records/definition.ts'

/** Every policy that an arm can have. */
export const armPolicies: readonly ArmPolicy[] = ['champion', ...(Object.keys(knownAgents) as PlanningPolicy[])]

/** One arm for everybody, served by the policy that predicts best. */
export const defaultArms: readonly Arm[] = [{ name: 'all', policy: 'champion', share: 1 }]

/** An event whose property "like" is above 0. */
export const defaultLike = (event: BehaviourEvent): boolean => (event.properties['like'] ?? 0) > 0
