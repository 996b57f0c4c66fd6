import { forwardAttention } from '../../../nn/forward-attention.ts'
import { forwardMlp } from '../../../nn/forward-mlp.ts'
import { forwardRlstm } from '../../../nn/forward-rlstm.ts'
import type { Parameters } from '../../../nn/parameters.ts'
import { outputsOf, skips } from './forms.ts'
import {
  type ActorShapes,
  actionScale,
  type CriticShapes,
  distanceScale,
  headSizes,
  longSize,
  type NetworkOptions,
  shortSize,
} from './network.ts'

/**
 * The actor as it is served, in plain arrays: the same bits on every backend and however events are batched.
 *
 *     actor.observe(window, hidden, cell, profile)   // once per user and event
 *     actor.delta(candidate)                         // once per item: what to add to the base prediction
 */
export interface ServingActor {
  load(parameters: Parameters<ActorShapes>): void
  /**
   * Move a recurrent state on by one record, in place: how the long interest costs O(1) per event.
   *
   * Where record and state are the arrays that `observe` took first, as they were, its first step is this one.
   */
  advance(record: Float64Array, hidden: Float64Array, cell: Float64Array): void
  /**
   * Take in a window (all-zero records pad its front), the state that stood before it, and the profile.
   *
   * One pass over the records feeds both interests.
   */
  observe(window: readonly Float64Array[], hidden: Float64Array, cell: Float64Array, profile: Float64Array): void
  /** What the actor puts out first: what to add to the base, as the form has it. */
  delta(candidate: Float64Array): number
  /** Long and short interest and profile, as observed last: the part of the state that all items share. */
  readonly shared: Float64Array
}

/**
 * The critic as it is served: Q(s, a) of the actor's state, a candidate and an action, all in plain arrays.
 *
 *     critic.observe(actor.shared)
 *     critic.value(candidate, action, base)
 */
export interface ServingCritic {
  load(parameters: Parameters<CriticShapes>): void
  observe(shared: Float64Array): void
  value(candidate: Float64Array, action: number, base: number): number
}

export function servingCritic(options: NetworkOptions): ServingCritic {
  const head = forwardMlp(longSize(options) + shortSize(options) + options.profile, options.candidate + 2, headSizes)
  const own = new Float64Array(options.candidate + 2)
  return {
    load: parameters => head.load(layersOf(parameters)),
    observe: head.share,
    value(candidate, action, base) {
      own.set(candidate)
      own[candidate.length] = actionScale * action
      own[candidate.length + 1] = distanceScale * (action - base)
      return head.evaluate(own)
    },
  }
}

const layersOf = (parameters: Parameters<CriticShapes>) => ({
  first: parameters.view('first'),
  firstBias: parameters.view('firstBias'),
  second: parameters.view('second'),
  secondBias: parameters.view('secondBias'),
  last: parameters.view('last'),
  lastBias: parameters.view('lastBias'),
})

export function servingActor(options: NetworkOptions): ServingActor {
  const { record, positions, hidden: size, short, profile: profileSize, candidate: candidateSize } = options
  const { enhancement, weighting } = options
  const [longs, shorts] = [longSize(options), shortSize(options)]
  const rlstm = enhancement === 'none' ? null : forwardRlstm(record, size, enhancement)
  const attention = weighting === 'none' ? null : forwardAttention(record, short, positions, weighting)
  const head = forwardMlp(longs + shorts + profileSize, candidateSize, headSizes, outputsOf(options.form))
  const shared = new Float64Array(longs + shorts + profileSize)
  const outputs = outputsOf(options.form)
  const skipped = skips(options.form) ? profileSize + candidateSize : 0
  /** Weights that lead from profile and candidate straight to the first output, and what the profile comes to by them. */
  const skip = new Float64Array(skipped)
  let ofProfile = 0
  const long = new Float64Array(longs)
  const cell = new Float64Array(longs)
  // The first step of the window observed last, which is taken again when that record leaves the window.
  const first = { record: null as Float64Array | null, hidden: new Float64Array(longs), cell: new Float64Array(longs) }
  return {
    load(parameters) {
      first.record = null
      rlstm?.load(parameters.view('input'), parameters.view('hidden'))
      attention?.load(parameters.view('attention'))
      head.load(layersOf(parameters))
      const all = parameters.view('skip')
      for (let k = 0; k < skipped; k++) skip[k] = all[k * outputs]!
    },
    advance(each, hiddenState, cellState) {
      if (each === first.record) {
        hiddenState.set(first.hidden)
        cellState.set(first.cell)
      } else rlstm?.advance(each, hiddenState, cellState)
      first.record = null
    },
    observe(window, hiddenBefore, cellBefore, profile) {
      if (rlstm !== null) {
        long.set(hiddenBefore)
        cell.set(cellBefore)
      }
      for (let t = 0; t < positions; t++) {
        const each = window[t]!
        attention?.take(each, t)
        // A padding record leaves the zero state that stands before a short window at zero, so it is skipped.
        if (each[record - 1] !== 0) rlstm?.advance(each, long, cell)
        if (t > 0 || rlstm === null) continue
        first.record = each
        first.hidden.set(long)
        first.cell.set(cell)
      }
      shared.set(long)
      attention?.mix(shared, longs)
      shared.set(profile, longs + shorts)
      head.share(shared)
      ofProfile = 0
      for (let k = 0; k < Math.min(skipped, profileSize); k++) ofProfile += skip[k]! * profile[k]!
    },
    delta(candidate) {
      let straight = ofProfile
      for (let k = profileSize; k < skipped; k++) straight += skip[k]! * candidate[k - profileSize]!
      return head.evaluate(candidate) + straight
    },
    shared,
  }
}
