import { createParameters, type Parameters } from '../../../nn/parameters.ts'
import { seededRandom } from '../../../state/random.ts'
import { givenAway, type SavedArrays } from '../../../state/saved-arrays.ts'
import { type AgentState, ringLength, type StateSizes, stateBytes, stateIn } from './agent-state.ts'
import type { ErrorLoss } from './error-loss.ts'
import { type ActorShapes, actorShapes, type CriticShapes, createActor, createCritic, criticShapes } from './network.ts'
import { type ReplayBuffer, replayBuffer, type Transition } from './replay-buffer.ts'

export interface AgentOptions extends StateSizes {
  seed: number
  /** Mini-batches per step: the newest transitions, then replay. */
  batchesPerStep: number
  learningRate: number
  weightDecay: number
  /** What the actor's error costs. */
  loss: ErrorLoss
  gamma: number
  /** λ of TD3+BC: weight of the critic's value beside the error; 0 leaves the critic out. */
  criticWeight: number
  targetRate: number
}

/**
 * What the residual DDPG-LA agent has learned and remembers; `agentTraining` changes it, here or in another thread.
 *
 *     const agent = createAgent(options)
 *     agent.remember(transition)
 *     agentTraining(tf, agent).train(agent.memory.added)
 */
export interface Agent {
  readonly options: AgentOptions
  /** The memory that all of it lies in, for another thread's `createAgent`. */
  readonly shared: SharedArrayBuffer
  readonly state: AgentState
  /** Weights as trained so far. */
  readonly actor: Parameters<ActorShapes>
  readonly critic: Parameters<CriticShapes>
  readonly targetActor: Parameters<ActorShapes>
  readonly targetCritic: Parameters<CriticShapes>
  readonly memory: ReplayBuffer
  /** Mini-batches dropped because a loss or gradient was not finite. */
  readonly dropped: number
  /** Put a transition into the replay buffer; returns its number. */
  remember(transition: Transition): number
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/** A new agent, or, with the memory of another thread's, the same one seen from here. */
export function createAgent(options: AgentOptions, attached?: SharedArrayBuffer): Agent {
  const shared = attached ?? new SharedArrayBuffer(stateBytes(options))
  const state = stateIn(shared, options)
  const memory = replayBuffer(options, state)
  if (attached === undefined) {
    const random = seededRandom(options.seed, 'ddpg-la.init')
    state.actor.set(createActor(options, random).values)
    state.critic.set(createCritic(options, random).values)
    state.targetActor.set(state.actor)
    state.targetCritic.set(state.critic)
    state['exploration.random'].set(seededRandom(options.seed, 'ddpg-la.exploration').state)
    state['sampling.random'].set(seededRandom(options.seed, 'ddpg-la.sampling').state)
  }
  const ring = ringLength(options)
  return {
    ...{ options, shared, state, memory },
    actor: createParameters(actorShapes(options), state.actor),
    critic: createParameters(criticShapes(options), state.critic),
    targetActor: createParameters(actorShapes(options), state.targetActor),
    targetCritic: createParameters(criticShapes(options), state.targetCritic),
    get dropped() {
      return state.dropped[0]!
    },
    remember: memory.add,
    save() {
      const held = Math.min(memory.added, ring)
      // Of the ring only what is held; the number of transitions is no column of it.
      const kept = ([name, array]: [string, AgentState[keyof AgentState]]) =>
        name.startsWith('memory.') && name !== 'memory.added'
          ? array.slice(0, (array.length / ring) * held)
          : array.slice()
      return givenAway(Object.fromEntries(Object.entries(state).map(entry => [entry[0], kept(entry)])))
    },
    restore(arrays) {
      for (const [name, array] of Object.entries(state)) array.set(arrays[name] as Float32Array)
    },
  }
}
