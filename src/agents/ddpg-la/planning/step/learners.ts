import { adam, momentsOf } from '../../../../nn/adam.ts'
import { createParameters } from '../../../../nn/parameters.ts'
import type { Random } from '../../../../state/random.ts'
import type { EncoderOptions } from '../../../interest/encoder.ts'
import { featureCount } from '../index/user-memory.ts'
import type { DdpgOptions } from '../options.ts'
import { createActor, createCritic } from './networks.ts'

/** Actor and critic as they begin, their targets, and what moves them: base weights at a rate of their own. */
export function learnersOf(encoder: EncoderOptions, o: DdpgOptions, random: Random) {
  const actor = createActor(encoder, random)
  const critic = createCritic(encoder, random)
  const targetActor = createParameters(actor.shapes, actor.values.slice())
  const targetCritic = createParameters(critic.shapes, critic.values.slice())
  const actorGradient = new Float32Array(actor.values.length)
  const criticGradient = new Float32Array(critic.values.length)
  const network = actor.values.length - featureCount
  const moments = { base: momentsOf(featureCount), actor: momentsOf(network), critic: momentsOf(critic.values.length) }
  const moving = adam(featureCount, { rate: o.baseRate, maxNorm: 1 }, moments.base)
  const climbing = adam(network, { rate: o.actorRate, maxNorm: 1 }, moments.actor)
  const fitting = adam(critic.values.length, { rate: o.criticRate, maxNorm: 5, decay: o.criticDecay }, moments.critic)
  return {
    ...{ actor, critic, targetActor, targetCritic, actorGradient, criticGradient },
    ...{ moments, moving, climbing, fitting },
  }
}
