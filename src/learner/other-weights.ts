import { isRecstreamError } from '../errors.ts'
import type { Command, OtherWeights } from '../records/command.ts'
import { count } from '../records/words.ts'
import type { Accepted } from './arms/arm-control.ts'
import type { LearnerParts } from './learner-parts.ts'
import { networkShapes } from './network-shapes.ts'
import { weightsByNetwork } from './network-weights.ts'
import { decodeWeights } from './weights-file.ts'

/** Weights that the networks take up at a row: those of a version before, or ones that were given. */
export interface TakingUp {
  /** A command as it holds from a row on; nothing changes before it is scheduled. */
  accept(command: Command, row: number): Accepted
  schedule(command: Command): void
  /** What comes next is the sequence of a row: what is scheduled for it takes effect. */
  begin(row: number): void
  /** A learner is brought back: what it is to do then is scheduled again. */
  restore(): void
}

/**
 * Takes up other weights for the networks, in training and as they serve.
 *
 *     taking.schedule({ ...command, kind: 'weights', weights: { version: 40_000, tensors }, appliedAt: 52_042 })
 *     taking.begin(52_042)   // learning goes on from the weights of version 40,000
 *
 * The weights stand in the command as it was taken in, so that the log alone gives the same learner again. All else that
 * was learned stays: the other policies, what is known of users, the replay buffer, the optimiser's moments.
 */
export function takingUp(
  parts: Pick<LearnerParts, 'agent' | 'live' | 'actor' | 'liveCritic' | 'critic'>,
  settle: () => void,
): TakingUp {
  const { agent, live, actor, liveCritic, critic } = parts
  const shapes = networkShapes(parts)
  const values: Readonly<Record<string, Float32Array>> = {
    ...{ live: live.values, liveCritic: liveCritic.values },
    ...{ actor: agent.actor.values, targetActor: agent.targetActor.values },
    ...{ critic: agent.critic.values, targetCritic: agent.targetCritic.values },
  }
  let scheduled: Command[] = []

  const readWeights = (tensors: string) =>
    weightsByNetwork(shapes, decodeWeights(Buffer.from(tensors, 'base64'), 'what the command holds'))
  /** Why weights cannot be taken up; null where they can. */
  const obstacle = ({ version, tensors }: OtherWeights): string | null => {
    if (tensors === null) {
      return version === null
        ? 'it holds no weights'
        : `no whole checkpoint is kept of version ${count(version)} or before`
    }
    try {
      readWeights(tensors)
      return null
    } catch (error) {
      if (!isRecstreamError(error, 'CHECKPOINT_MISMATCH') && !isRecstreamError(error, 'FILE_UNUSABLE')) throw error
      return error.message.replace(/\.$/, '')
    }
  }
  const apply = ({ weights }: Command): void => {
    // A step that is under way ends first, and what it came to gives way.
    settle()
    for (const [network, all] of readWeights(weights!.tensors!)) values[network]!.set(all)
    actor.load(live)
    critic.load(liveCritic)
  }

  return {
    accept(command, row) {
      const weights = command.weights ?? { version: null, tensors: null }
      const refused = obstacle(weights)
      const whose = weights.version === null ? 'Given weights' : `Weights of version ${count(weights.version)}`
      const what = refused === null ? `${whose}.` : `Refused: ${refused}.`
      const taken = { ...command, weights, appliedAt: row, reason: `${what} ${command.reason}`.trim() }
      return { command: taken, followed: refused === null }
    },
    schedule(command) {
      if (obstacle(command.weights ?? { version: null, tensors: null }) === null) scheduled.push(command)
    },
    begin(row) {
      if (scheduled.length === 0) return
      for (const command of scheduled) if (command.appliedAt! <= row) apply(command)
      scheduled = scheduled.filter(({ appliedAt }) => appliedAt! > row)
    },
    restore() {
      scheduled = []
    },
  }
}
