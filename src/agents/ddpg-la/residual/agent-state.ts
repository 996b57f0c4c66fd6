import { parameterCount } from '../../../nn/parameters.ts'
import { outputsOf } from './forms.ts'
import { actorShapes, criticShapes, longSize, type NetworkOptions } from './network.ts'

export interface StateSizes extends NetworkOptions {
  /** Transitions per mini-batch. */
  batch: number
  replayCapacity: number
}

/**
 * Transitions that the ring has room for: the ones that replay draws from, and those of the block that comes in while
 * training goes on. Nothing that training may read is ever written meanwhile.
 */
export const ringLength = ({ replayCapacity, batch }: StateSizes): number => replayCapacity + batch

const plan = (sizes: StateSizes) => {
  const ring = ringLength(sizes)
  const actor = parameterCount(actorShapes(sizes))
  const critic = parameterCount(criticShapes(sizes))
  return {
    actor: [Float32Array, actor],
    critic: [Float32Array, critic],
    targetActor: [Float32Array, actor],
    targetCritic: [Float32Array, critic],
    'actorAdam.mean': [Float32Array, actor],
    'actorAdam.square': [Float32Array, actor],
    'actorAdam.steps': [Float64Array, 1],
    'criticAdam.mean': [Float32Array, critic],
    'criticAdam.square': [Float32Array, critic],
    'criticAdam.steps': [Float64Array, 1],
    'exploration.random': [Uint32Array, 4],
    'sampling.random': [Uint32Array, 4],
    dropped: [Float64Array, 1],
    'memory.added': [Float64Array, 1],
    'memory.windows': [Float32Array, ring * sizes.positions * sizes.record],
    'memory.hiddens': [Float32Array, ring * longSize(sizes)],
    'memory.cells': [Float32Array, ring * longSize(sizes)],
    'memory.rests': [Float32Array, ring * (sizes.profile + sizes.candidate)],
    'memory.bases': [Float32Array, ring],
    'memory.rewards': [Float32Array, ring],
    'memory.signals': [Float32Array, ring * (outputsOf(sizes.form) - 1)],
    'memory.next': [Int32Array, ring],
  } as const
}

type Plan = ReturnType<typeof plan>
type ArrayOf<C> = C extends Float32ArrayConstructor
  ? Float32Array
  : C extends Float64ArrayConstructor
    ? Float64Array
    : C extends Uint32ArrayConstructor
      ? Uint32Array
      : Int32Array

/** All that the agent has learned and remembers, by name: what training reads and changes, and a checkpoint holds. */
export type AgentState = { readonly [name in keyof Plan]: ArrayOf<Plan[name][0]> }

/** Bytes of an agent's state. */
export function stateBytes(sizes: StateSizes): number {
  return Object.values(plan(sizes)).reduce((total, [kind, length]) => total + room(length * kind.BYTES_PER_ELEMENT), 0)
}

/** The arrays of an agent's state in one block of memory, which two threads can share. */
export function stateIn(memory: SharedArrayBuffer, sizes: StateSizes): AgentState {
  let at = 0
  return Object.fromEntries(
    Object.entries(plan(sizes)).map(([name, [kind, length]]) => {
      // The declared constructors know only memory that is not shared; those of the language take both.
      const array = new (kind as unknown as new (memory: SharedArrayBuffer, from: number, length: number) => object)(
        memory,
        at,
        length,
      )
      at += room(length * kind.BYTES_PER_ELEMENT)
      return [name, array]
    }),
  ) as unknown as AgentState
}

/** Every array starts at a multiple of eight bytes, which the widest of them needs. */
const room = (bytes: number): number => 8 * Math.ceil(bytes / 8)
