import type { OpenTuning, TuningSetup } from './open-tuning.ts'
import type { Candidate, Strategy } from './search.ts'
import type { Dimension, OptionValue } from './space.ts'

/** A candidate with what one of its trials came to. */
export interface Scored extends Candidate {
  /** Of what there is to learn from. */
  share: number
  score: number
  metrics: Record<string, number>
  seconds: number
}

/** What a search came to. Plain JSON. */
export interface Tuned {
  agent: string
  problem: string
  /** By which options were compared; higher is better. */
  metric: string
  strategy: Strategy
  seed: number
  space: readonly Dimension[]
  /** Options that were the same in every trial. */
  fixed: Readonly<Record<string, OptionValue>>
  /** By share, then by score, the best first; those with all there is to learn from stand first. */
  trials: Scored[]
  best: {
    name: string
    options: Readonly<Record<string, OptionValue>>
    validation: number
    test: Record<string, number>
  }
  /** The same of the agent's defaults; their validation is missing if they were left behind before the last round. */
  defaults: { validation: number | null; test: Record<string, number> }
  notes: string[]
}

/** Put a finished search together. */
export function summariseTuning(
  { agent, strategy, seed }: Pick<TuningSetup, 'agent' | 'strategy' | 'seed'>,
  {
    problem,
    space,
    fixed,
    used,
    defaults: usual,
  }: Pick<OpenTuning, 'problem' | 'space' | 'fixed' | 'used' | 'defaults'>,
  scored: readonly Scored[],
  test: { winner: Candidate & { metrics: Record<string, number> }; defaults: Record<string, number>; notes: string[] },
): Tuned {
  const { winner, defaults, notes } = test
  const validation = (name: string) => scored.find(each => each.share === 1 && each.name === name)?.score ?? null
  return {
    ...{ agent, problem: problem.name, metric: problem.metric, strategy, seed, space, fixed },
    trials: scored
      .map(each => (each.name === 'defaults' ? { ...each, options: usual } : each))
      .toSorted((a, b) => b.share - a.share || b.score - a.score),
    best: {
      name: winner.name,
      options: used({ ...fixed, ...winner.options }),
      validation: validation(winner.name)!,
      test: winner.metrics,
    },
    defaults: { validation: validation('defaults'), test: defaults },
    notes,
  }
}
