import type { TensorFlow } from '../../../nn/tensorflow.ts'
import type { Catalogue } from '../../catalogue.ts'
import type { PlanningAgent } from '../../planning-agent.ts'
import { protoAgent } from './proto/agent.ts'
import { sessionAgent } from './session/agent.ts'
import type { DdpgSetup } from './setup.ts'
import { stepAgent } from './step/agent.ts'

/**
 * DDPG-LA where actions matter: deep deterministic policy gradient, over one of three actions.
 *
 * Hong Zhili et al. (2021), IT and Network Security 40(11), 37–48: long and short interest attention, actor, critic and
 * targets. Lillicrap et al. (2016), Continuous control with deep reinforcement learning.
 */
export function createDdpgLa(tf: TensorFlow, catalogue: Catalogue, setup: DdpgSetup): PlanningAgent {
  const { action } = setup.options
  if (action === 'session') return sessionAgent(catalogue, setup)
  if (action === 'step') return stepAgent(tf, catalogue, setup)
  return protoAgent(tf, catalogue, setup)
}
