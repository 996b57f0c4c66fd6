import { signalNames } from '../../../records/signals.ts'
import { chanceOf, logitOf } from '../../../state/logit.ts'
import { type ErrorLoss, errorSlope } from './error-loss.ts'

/**
 * How an action, the predicted reward, comes of a base's and what the actor puts out, and what its error costs:
 *
 * - `reward`: clip(base + output), for ratings; the error costs what `ErrorLoss` says;
 * - `logit`: σ(z + δ), z the base's logit and δ the output held within ±2, for rewards that are chances or shares; the error
 *   costs its cross-entropy. Further outputs predict what events say beside their rewards, each by a cross-entropy of its own:
 *   they are not served, and teach the layers below.
 */
export type ActorForm = 'reward' | 'logit'

/** Rules of a form; every number is of one transition. */
export interface FormRules {
  /** Numbers that the actor puts out. */
  readonly outputs: number
  /** The action that is served. */
  action(base: number, output: number): number
  /** How far the action moves with the output; 0 where it is at its end. */
  actionSlope(base: number, output: number): number
  /** How far the actor's own error moves with the output. */
  errorSlope(base: number, output: number, reward: number): number
  /** What the critic learns that an action was worth. */
  worth(action: number, reward: number): number
  /** Replay's newer half is of so many transitions. */
  recent(batch: number): number
  /** Share of the first hidden layer that is left out in training. */
  readonly dropout: number
  /** Share of `weightDecay` by which weights shrink. */
  readonly decay: number
}

/** Signals beside the reward that the logit form predicts. */
export const sideSignals = signalNames.length
/** A side signal's cross-entropy beside that of the reward. */
export const sideWeight = 0.5

export function formRules(form: ActorForm, loss: ErrorLoss): FormRules {
  return form === 'logit' ? logitForm : rewardForm(loss)
}

/** Whether profile and candidate lead to the outputs directly, too. */
export const skips = (form: ActorForm): boolean => form === 'logit'

export const outputsOf = (form: ActorForm): number => (form === 'logit' ? 1 + sideSignals : 1)

const rewardForm = (loss: ErrorLoss): FormRules => ({
  outputs: 1,
  dropout: 0,
  decay: 1,
  action: (base, output) => Math.min(1, Math.max(0, Math.fround(base + output))),
  actionSlope(base, output) {
    const proposed = Math.fround(base + output)
    return proposed < 0 || proposed > 1 ? 0 : 1
  },
  errorSlope: (base, output, reward) => errorSlope(loss, Math.fround(Math.fround(base + output) - reward)),
  worth: (action, reward) => 1 - Math.abs(action - reward),
  recent: batch => 8 * batch,
})

const logitForm: FormRules = {
  outputs: 1 + sideSignals,
  dropout: 0.2,
  // What is left of a rating's error is mostly noise; a base of rates leaves more.
  decay: 1 / 6,
  action: (base, output) => chanceOf(logitOf(base, nearest) + bounded(output)),
  actionSlope(base, output) {
    const action = chanceOf(logitOf(base, nearest) + bounded(output))
    return action * (1 - action) * boundedSlope(output)
  },
  errorSlope: (base, output, reward) =>
    (chanceOf(logitOf(base, nearest) + bounded(output)) - reward) * boundedSlope(output),
  // Whose best action is the mean; that of the distance is the median, 0 for whatever most people pass by.
  worth: (action, reward) => 1 - (action - reward) ** 2,
  recent: () => 20_000,
}

const farthest = 2
/** A logit within ±9.2: chances between 1 in 10,000 and as near to 1. */
const nearest = 1e-4
const bounded = (output: number): number => farthest * Math.tanh(output / farthest)
const boundedSlope = (output: number): number => 1 - Math.tanh(output / farthest) ** 2
