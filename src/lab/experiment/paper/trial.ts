import { setImmediate } from 'node:timers/promises'
import { createPaperAgent, type PaperAgent } from '../../../agents/ddpg-la/paper/agent.ts'
import type { PaperOptions } from '../../../agents/ddpg-la/paper/options.ts'
import { purposes } from '../../../agents/ddpg-la/paper/world.ts'
import { openBackend } from '../../../nn/backend.ts'
import { collectScores } from '../collect.ts'
import type { Curve, Trial, TrialContext, TrialResult } from '../experiment.ts'
import type { Ratings } from '../ratings.ts'
import { paperWorld } from './world.ts'

/** A form of the paper's agent, under the name that it has in tables. */
export interface Variant {
  readonly policy: string
  readonly options: Omit<PaperOptions, 'seed'>
  /** Passes over the training events. */
  readonly rounds: number
  /** What every round came to, as curves. */
  readonly curves?: boolean
}

/**
 * The paper's agent under the paper's protocol: weights learn from each user's first 80%, and predict the rest frozen.
 *
 *     trials: ({ seeds }) => seeds.map(seed => paperTrial({ policy: 'ddpg-la-paper', options: paperPreset, rounds: 20 }, seed))
 *
 * Two policies come of it: the round that was best on validation, and the last one.
 */
export function paperTrial({ policy, options, rounds, curves = false }: Variant, seed: number): Trial {
  const last = `${policy} last round`
  return {
    name: `${policy} seed ${seed}`,
    policy,
    alongside: [last],
    seed,
    async run(context) {
      const { ratings, progress, signal, clock } = context
      const backend = await openBackend()
      const world = paperWorld(ratings)
      const agent = createPaperAgent(backend.tf, world, { ...options, seed })
      const rows = rowsOf(world.purpose)
      const course = roundCurves(rounds)
      let best = { error: Number.POSITIVE_INFINITY, result: { metrics: {} } as TrialResult }
      let result = best.result
      const saturated: number[] = []
      const started = clock()
      for (let round = 1; round <= rounds; round++) {
        for (const share of agent.train()) {
          await setImmediate() // lets messages in
          signal.throwIfAborted()
          progress((round - 1 + share) / rounds, `round ${round}`)
        }
        const predicted = agent.predict()
        const error = squaredError(ratings, rows.validation, predicted)
        result = scored(context, rows.test, predicted)
        course.add(agent, result)
        if (agent.round.saturated) saturated.push(round)
        if (error < best.error) best = { error, result }
      }
      const eventsPerSecond = (1000 * rounds * rows.fit.length) / (clock() - started)
      const notes = saturated.length === 0 ? [] : [`${policy} seed ${seed}: ${alarm(saturated)}`]
      return {
        ...best.result,
        metrics: { ...best.result.metrics, eventsPerSecond },
        ...(curves ? { curves: course.curves } : {}),
        notes: [`TensorFlow.js backend: ${backend.name}.`, ...notes],
        alongside: { [last]: result },
      }
    },
  }
}

const alarm = (rounds: readonly number[]) =>
  `the alarm shows saturated actions in ${rounds.length} of the rounds, first in round ${rounds[0]}.`

/** Scores of predictions of some rows. */
function scored(context: TrialContext, rows: readonly number[], predicted: Float32Array): TrialResult {
  const collector = collectScores(context)
  for (const row of rows) collector.add(row, predicted[row]!)
  return collector.result()
}

function squaredError({ reward }: Ratings, rows: readonly number[], predicted: Float32Array): number {
  return rows.reduce((sum, row) => sum + (predicted[row]! - reward[row]!) ** 2, 0) / rows.length
}

function rowsOf(purpose: Uint8Array): Record<keyof typeof purposes, number[]> {
  const of = (wanted: number) => [...purpose.keys()].filter(row => purpose[row] === wanted)
  return { fit: of(purposes.fit), validation: of(purposes.validation), test: of(purposes.test) }
}

/** What each round came to on the test events, and how much of the actor's output lay at its bounds while it learned. */
function roundCurves(rounds: number) {
  const x = Array.from({ length: rounds }, (_, k) => k + 1)
  const curve = (yLabel: string): Curve => ({ x, y: [], xLabel: 'round', yLabel })
  const all: Record<string, Curve> = {
    'Ave_Reward by round': curve('Ave_Reward on test events'),
    'RMSE by round': curve('RMSE on test events'),
    'Training reward by round': curve('reward on training events'),
    'Saturation by round': curve('share of actions at the bounds'),
  }
  const [reward, rmse, training, bounds] = Object.values(all) as [Curve, Curve, Curve, Curve]
  return {
    add({ round }: PaperAgent, { metrics }: TrialResult) {
      reward.y.push(metrics['aveReward']!)
      rmse.y.push(metrics['rmse']!)
      training.y.push(round.reward)
      bounds.y.push(round.atBounds)
    },
    curves: all,
  }
}
