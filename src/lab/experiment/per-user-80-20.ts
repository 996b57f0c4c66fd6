import { baselines } from '../../predictors/baselines/registry.ts'
import { collectScores } from './collect.ts'
import type { Experiment, Trial } from './experiment.ts'
import { learnerTrial } from './learner-trial.ts'
import type { Pass } from './pass.ts'
import { logistic, onePass, policyTrials } from './policy-trial.ts'
import { perUserSplit } from './split.ts'
import { seededTrials, staticTrial } from './static-trial.ts'

/**
 * Each user's first 80% of events, all in order of time, then the rest in order of time, which alone is scored: still
 * learned from (online), or not (frozen, the paper's protocol, §4).
 *
 *     npx recstream experiment per-user-80-20 --source ml-100k --policies 'ddpg-la-residual (online),ddpg-la-residual (frozen)'
 *
 * Frozen, users' windows and recurrent states move on with what is tested; nothing else does.
 */
export const perUser8020: Experiment = {
  name: 'per-user-80-20',
  summary: "learn each user's first 80%, then predict the rest: online and frozen",
  pipeline: 'movielens',
  trials: ({ definition: { scale }, seeds }) => [
    ...[online, frozen].flatMap(pass => seeds.map(seed => learnerTrial(seed, pass, scale))),
    ...onePass(scale.kind).flatMap(each => policyTrials(each, seeds, online)),
    ...(scale.kind === 'watch' ? policyTrials(logistic, seeds, frozen) : []),
    ...seededTrials(baselines, seeds, staticTrial).map(asFrozen),
  ],
}

const online = passOf(false)
export const frozen = passOf(true)

function passOf(frozen: boolean): Pass {
  return {
    collect: collectScores,
    plan: ratings => {
      const { train, test } = perUserSplit(ratings)
      return { rows: joined(train, test), scoredFrom: train.length, frozen }
    },
    label: policy => `${policy} (${frozen ? 'frozen' : 'online'})`,
  }
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
  const all = new Int32Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

function asFrozen(trial: Trial): Trial {
  const label = (name: string) => name.replace(trial.policy, `${trial.policy} (frozen)`)
  return { ...trial, name: label(trial.name), policy: label(trial.policy) }
}
