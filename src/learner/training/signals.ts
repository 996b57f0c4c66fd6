import type { MessagePort } from 'node:worker_threads'
import type { AgentOptions } from '../../agents/ddpg-la/residual/agent.ts'
import type { BackendName } from '../../nn/backend.ts'

/** What the training thread is given when it starts. */
export interface ThreadData {
  options: AgentOptions
  /** The agent's memory. */
  shared: SharedArrayBuffer
  /** Four 32-bit integers, at the places of `Signal`. */
  signals: SharedArrayBuffer
  /** One double: the number before which transitions belong to the step that was begun. */
  until: SharedArrayBuffer
  /** Where the thread says why it ended; a port of its own can be read without returning to the event loop. */
  failures: MessagePort
  backend: BackendName
}

/** Why the thread ended, in its own words. */
export interface ThreadFailure {
  message: string
}

/** Places of the integers with which the two threads talk. */
export const Signal = {
  /** Steps begun, by the learner. */
  begun: 0,
  /** Steps ended, by the training thread; −1 once it can do no more. */
  ended: 1,
  /** Mini-batches done, which distinguishes a slow step from a dead thread. */
  batches: 2,
  /** 1: the training thread is to end. */
  stop: 3,
} as const
