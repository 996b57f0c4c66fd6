import type { Checkpoints } from '../checkpoint.ts'
import type { Learner } from '../learner.ts'
import { StateCopies } from './state-copies.ts'

/** A larger one is written so rarely that in the long run no more than so many bytes are written a second. */
const [large, bytesPerSecond] = [4e6, 1e6]

/**
 * Writes a learner's checkpoints while it goes on learning: only the copy of its state is waited for.
 *
 *     const writer = new CheckpointWriter({ learner, checkpoints, every: 10_000, offset, clock })
 *     if (writer.isDue) await writer.begin(offset)   // all of the state is copied, and is being written
 *     await writer.settled()                         // it is written
 */
export class CheckpointWriter {
  readonly #learner: Pick<Learner, 'sequences' | 'saving'>
  readonly #checkpoints: Pick<Checkpoints, 'write' | 'writeAlone' | 'reach'>
  readonly #copies: StateCopies
  readonly #every: number
  /** Sequences of the newest checkpoint, written or being written. */
  #at: number
  /** Offset that it goes on from. */
  #offset: number
  #writing: Promise<void> = Promise.resolve()
  #isWriting = false
  /** When the next large one may be begun, ms. */
  #againAt = Number.NEGATIVE_INFINITY
  readonly #clock: () => number
  #alone: boolean
  #failure: { error: unknown } | null = null
  /** Items or users became known since. */
  changed = false

  constructor(options: {
    learner: Pick<Learner, 'sequences' | 'saving'>
    checkpoints: Pick<Checkpoints, 'write' | 'writeAlone' | 'reach'>
    /** Sequences between two checkpoints. */
    every: number
    /** Sequences of the newest checkpoint; null: none of those that are there is of this learner. */
    kept: number | null
    /** Those that are there may hold somebody who was forgotten: the first one that is written is kept alone. */
    alone?: boolean
    /** Offset that the learner went on from. */
    offset: number
    /** Milliseconds, for measuring. */
    clock: () => number
  }) {
    const { learner, checkpoints, every, kept, offset, clock } = options
    this.#learner = learner
    this.#checkpoints = checkpoints
    this.#copies = new StateCopies(learner, clock)
    this.#clock = clock
    this.#every = every
    this.#alone = options.alone ?? false
    this.#at = kept ?? Number.NEGATIVE_INFINITY
    this.#offset = offset
  }

  get isDue(): boolean {
    if (this.#isWriting || this.#learner.sequences - this.#at < this.#every) return false
    return this.#copies.mayCopy && this.#clock() >= this.#againAt
  }

  /** Nothing was learned since the newest checkpoint. */
  get isCurrent(): boolean {
    return this.#learner.sequences === this.#at && !this.changed
  }

  /** Copy all of the state, which goes on from this offset, and begin to write it once all that it follows from is `published`. */
  async begin(offset: number, published: Promise<void> = Promise.resolve()): Promise<void> {
    // Told where it is waited for.
    published.catch(() => {})
    await this.settled()
    const began = this.#clock()
    const state = await this.#copies.take()
    this.#note(offset)
    this.#isWriting = true
    const { write, writeAlone } = this.#checkpoints
    const how = this.#alone ? async () => (await writeAlone(state, offset)).bytes : () => write(state, offset)
    this.#alone = false
    const written = published.then(how)
    this.#writing = written
      .then(bytes => {
        if (bytes > large) this.#againAt = began + (1_000 * bytes) / bytesPerSecond
      })
      .catch(error => {
        this.#failure = { error }
      })
      .finally(() => {
        this.#isWriting = false
      })
  }

  /** The newest checkpoint is current up to this offset. */
  async reach(offset: number): Promise<void> {
    await this.settled()
    if (offset !== this.#offset) await this.#checkpoints.reach(offset)
    this.#offset = offset
  }

  /** Write the state, and keep no other checkpoint; how many there were. */
  async alone(offset: number): Promise<number> {
    await this.settled()
    const { before } = await this.#checkpoints.writeAlone(await this.#copies.take(), offset)
    this.#alone = false
    this.#note(offset)
    return before
  }

  /** What is being written is written. */
  async settled(): Promise<void> {
    await this.#writing
    this.check()
  }

  /** Throws where a checkpoint could not be written. */
  check(): void {
    if (this.#failure !== null) throw this.#failure.error
  }

  #note(offset: number): void {
    this.#at = this.#learner.sequences
    this.#offset = offset
    this.changed = false
  }
}
