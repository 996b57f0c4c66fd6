import type { SavedArrays } from '../../../model/saved-arrays.ts'

/** Sizes of what a transition holds: T records of R numbers, H hidden units, `rest` for profile and candidate. */
export interface TransitionSizes {
  records: number
  record: number
  hidden: number
  rest: number
}

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
  /** Number of the same user's transition before this one, −1 if there is none: that one's next state is this. */
  previous: number
}

/** A ring of the last `capacity` transitions in flat arrays. */
export interface ReplayBuffer {
  readonly capacity: number
  /** Transitions ever added; those numbered size − held … size − 1 are held. */
  readonly added: number
  readonly held: number
  /** Returns the number of the new transition. */
  add(transition: Transition): number
  /** Index of a transition's next one in the ring, −1 while it is unknown. */
  readonly next: Int32Array
  readonly windows: Float32Array
  readonly hiddens: Float32Array
  readonly cells: Float32Array
  readonly rests: Float32Array
  readonly bases: Float32Array
  readonly rewards: Float32Array
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export function replayBuffer(capacity: number, sizes: TransitionSizes): ReplayBuffer {
  const windowSize = sizes.records * sizes.record
  const windows = new Float32Array(capacity * windowSize)
  const hiddens = new Float32Array(capacity * sizes.hidden)
  const cells = new Float32Array(capacity * sizes.hidden)
  const rests = new Float32Array(capacity * sizes.rest)
  const bases = new Float32Array(capacity)
  const rewards = new Float32Array(capacity)
  const next = new Int32Array(capacity).fill(-1)
  const columns = { windows, hiddens, cells, rests, bases, rewards, next }
  let added = 0
  return {
    capacity,
    ...columns,
    get added() {
      return added
    },
    get held() {
      return Math.min(added, capacity)
    },
    add(transition) {
      const at = added % capacity
      for (let i = 0; i < sizes.records; i++) windows.set(transition.window[i]!, at * windowSize + i * sizes.record)
      hiddens.set(transition.hidden, at * sizes.hidden)
      cells.set(transition.cell, at * sizes.hidden)
      rests.set(transition.rest, at * sizes.rest)
      bases[at] = transition.base
      rewards[at] = transition.reward
      next[at] = -1
      // A previous transition that was overwritten meanwhile has nobody to tell.
      if (transition.previous >= 0 && transition.previous > added - capacity) next[transition.previous % capacity] = at
      return added++
    },
    save() {
      const held = Math.min(added, capacity)
      const arrays: SavedArrays = { added: Float64Array.of(added) }
      for (const [name, column] of Object.entries(columns)) {
        arrays[name] = column.slice(0, (column.length / capacity) * held)
      }
      return arrays
    },
    restore(arrays) {
      added = (arrays['added'] as Float64Array)[0]!
      for (const [name, column] of Object.entries(columns)) column.set(arrays[name] as Float32Array & Int32Array)
    },
  }
}
