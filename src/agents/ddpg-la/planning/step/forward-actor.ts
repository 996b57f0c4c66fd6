import { type Parameters, parametersUnder } from '../../../../nn/parameters.ts'
import { type EncoderOptions, encoderShapes } from '../../../interest/encoder.ts'
import { forwardEncoder } from '../../../interest/forward.ts'
import { forwardDense } from '../../../interest/forward-dense.ts'
import type { Advance, History } from '../../../interest/history.ts'
import { featureCount } from '../index/user-memory.ts'
import type { ActorShapes, CriticShapes } from './networks.ts'

/** The actor as it serves: plain arrays, one user at a time. */
export function forwardActor(options: EncoderOptions) {
  const actor = forwardEncoder(options)
  const critic = forwardEncoder(options)
  const first = forwardDense(options.state, units, true)
  const second = forwardDense(units, featureCount, false)
  const hidden = new Float64Array(first.width)
  const added = new Float64Array(second.width)
  const base = new Float64Array(featureCount)
  const weights = new Float64Array(featureCount)
  const shapes = encoderShapes(options)
  return {
    /** Moves the recurrent states of actor and critic on. */
    advance: [actor.advance, critic.advance] as readonly Advance[],
    load(acting: Parameters<ActorShapes>, valuing: Parameters<CriticShapes>) {
      actor.load(parametersUnder('encoder', acting, shapes))
      critic.load(parametersUnder('encoder', valuing, shapes))
      first.load(acting.view('head.first'), acting.view('head.firstBias'))
      second.load(acting.view('head.second'), acting.view('head.secondBias'))
      base.set(acting.view('base'))
    },
    /** The index's weights, of length one, for whoever was looked at; good until the next call. */
    weights({ window, hidden: long, cell }: History, state: Float64Array): Float64Array {
      actor.observe(window, long[0]!, cell[0]!, state)
      first.run(actor.state, hidden)
      second.run(hidden, added)
      let square = 0
      for (let k = 0; k < featureCount; k++) square += (weights[k] = base[k]! + added[k]!) ** 2
      const length = Math.sqrt(square + 1e-8)
      for (let k = 0; k < featureCount; k++) weights[k]! /= length
      return weights
    },
  }
}

const units = 32
