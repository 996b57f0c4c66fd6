import { knownAgents, optionsOf } from '../../agents/known-agents.ts'
import { idleOptions } from '../../agents/option-use.ts'
import type { AgentName } from '../../records/definition.ts'
import type { Running, TrialResult } from '../experiment/experiment.ts'
import type { OptionValue } from './space.ts'

/** What an agent is tuned on: a world of simulated people, or a log. */
export interface Problem {
  /** Such as "saturating world of generated-1" or "ml-100k". */
  readonly name: string
  /** The metric by which options are compared; higher is better. */
  readonly metric: string
  /** What results depend on besides agent, options, seed, share and part, as text. */
  readonly identity: string
  /** Let a new agent learn, then score what it chooses without exploring. */
  run(trial: Attempt, running: Running): Promise<TrialResult>
}

/** One agent to learn and to be scored. */
export interface Attempt {
  agent: AgentName
  options: Readonly<Record<string, OptionValue>>
  seed: number
  /** Of what there is to learn from, the share that is used, 0 … 1. */
  share: number
  /** Scored on what options are compared by, or on what is held back until the end. */
  part: 'validation' | 'test'
}

/**
 * Options with a beginning that leaves most of a short trial to learn in: a warm-up of at most an eighth of its events, and of
 * at most an eighth of its updates the critics' alone, if they are not set and the agent has them.
 *
 *     withWarmUp('dqn', { gamma: 0.9 }, 8_000)   // { gamma: 0.9, warmUp: 1_000 }
 */
export function withWarmUp(agent: AgentName, options: Attempt['options'], events: number): Attempt['options'] {
  const all = optionsOf(agent, options) as { warmUp?: number; trainEvery?: number; actorAfter?: number }
  const isOpen = (name: string) =>
    !Object.hasOwn(options, name) && idleOptions(knownAgents[agent].options, [name], all).length === 0
  const atMost = (most: number, share: number) => Math.max(1, Math.min(most, Math.floor(share / 8)))
  const warmUp = all.warmUp !== undefined && isOpen('warmUp') ? { warmUp: atMost(all.warmUp, events) } : {}
  if (all.actorAfter === undefined || !isOpen('actorAfter')) return { ...options, ...warmUp }
  const updates = (events - (warmUp.warmUp ?? all.warmUp ?? 0)) / (all.trainEvery ?? 1)
  return { ...options, ...warmUp, actorAfter: atMost(all.actorAfter, updates) }
}
