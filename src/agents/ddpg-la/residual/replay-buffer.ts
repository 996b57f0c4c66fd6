import { type AgentState, ringLength, type StateSizes } from './agent-state.ts'
import { outputsOf } from './forms.ts'
import { longSize } from './network.ts'

/** What the agent remembers of one event. The arrays are copied. */
export interface Transition {
  /** The window, T records of R numbers, oldest first. */
  window: readonly Float64Array[]
  /** The recurrent state that stood before the window. */
  hidden: Float64Array
  cell: Float64Array
  /** Profile, then candidate. */
  rest: Float64Array
  /** What the base policy predicted. */
  base: number
  /** The real reward. */
  reward: number
  /** What the event says beside it, NaN where it does not: as many as the actor puts out further numbers. */
  signals: Float64Array
  /** Number of the same user's transition before this one, −1 if there is none: that one's next state is this. */
  previous: number
}

/**
 * A ring of the newest transitions in flat arrays.
 *
 * Training draws from the `capacity` transitions before a given number; the ring is longer by one block, so that as many
 * may be added while it does.
 */
export interface ReplayBuffer {
  /** Transitions ever added. */
  readonly added: number
  /** Returns the number of the new transition. */
  add(transition: Transition): number
  /** How many may be drawn of those before number `until`. */
  heldBefore(until: number): number
  /** Where the transition lies that came `age` before the last one before `until`; age 0 … held − 1. */
  indexOf(until: number, age: number): number
  /** Where the transition after this one lies, of the same user and before `until`; the same index while there is none. */
  following(until: number, index: number): number
  /** Clear the transition of this number and those of the same user before it: in their place nothing happened to nobody. */
  forget(number: number): void
}

export function replayBuffer(sizes: StateSizes, state: AgentState): ReplayBuffer {
  const { positions, record, replayCapacity: capacity } = sizes
  const ring = ringLength(sizes)
  const windowSize = positions * record
  const hidden = longSize(sizes)
  const rest = sizes.profile + sizes.candidate
  const sides = outputsOf(sizes.form) - 1
  const added = state['memory.added']
  const next = state['memory.next']
  const age = (until: number, index: number) => (((until - 1 - index) % ring) + ring) % ring
  return {
    get added() {
      return added[0]!
    },
    add(transition) {
      const number = added[0]!
      const at = number % ring
      const windows = state['memory.windows']
      for (let i = 0; i < positions; i++) put(transition.window[i]!, record, windows, at * windowSize + i * record)
      put(transition.hidden, hidden, state['memory.hiddens'], at * hidden)
      put(transition.cell, hidden, state['memory.cells'], at * hidden)
      put(transition.rest, rest, state['memory.rests'], at * rest)
      state['memory.bases'][at] = transition.base
      state['memory.rewards'][at] = transition.reward
      put(transition.signals, sides, state['memory.signals'], at * sides)
      next[at] = -1
      // A previous transition that was overwritten meanwhile needs no successor.
      if (transition.previous >= 0 && transition.previous > number - ring) next[transition.previous % ring] = at
      added[0] = number + 1
      return number
    },
    heldBefore: until => Math.min(until, capacity),
    indexOf: (until, back) => (until - 1 - back) % ring,
    following(until, index) {
      const at = next[index]!
      // What lies beyond the capacity is what comes in meanwhile, in the place of the oldest.
      return at >= 0 && age(until, at) < capacity ? at : index
    },
    forget(number) {
      if (number < 0 || number < added[0]! - ring) return
      const before = new Map<number, number>()
      for (const [at, after] of next.subarray(0, Math.min(added[0]!, ring)).entries())
        if (after >= 0) before.set(after, at)
      for (let at: number | undefined = number % ring; at !== undefined; at = before.get(at)) {
        for (const [name, array] of Object.entries(state)) {
          if (!name.startsWith('memory.') || name === 'memory.added') continue
          const width = array.length / ring
          array.fill(name === 'memory.next' ? -1 : 0, at * width, (at + 1) * width)
        }
      }
    },
  }
}

/** Copy a few numbers into shared memory, where a loop takes a fraction of the time that `set` does. */
function put(numbers: Float64Array, count: number, into: Float32Array, at: number): void {
  for (let k = 0; k < count; k++) into[at + k] = numbers[k]!
}
