/** Of a step that took longer so much counts at most, ms: where this process or the log stood still, the leader may have, too. */
const countedMs = 250

/**
 * Watches whether a leader goes on: it is gone once it has said nothing for a while though there was something for it to do.
 *
 *     const watch = new LeaderWatch({ afterMs: 1_000, clock: () => performance.now() })
 *     watch.look({ row: leader.row, isWaiting: true })   // after each step
 *     watch.isGone
 *
 * A leader with nothing to do says nothing, and nobody lacks it.
 */
export class LeaderWatch {
  readonly #afterMs: number
  readonly #clock: () => number
  #row = 0
  #lookedAt: number
  #silentMs = 0

  /** `clock`: milliseconds, for measuring. */
  constructor({ afterMs, clock }: { afterMs: number; clock: () => number }) {
    this.#afterMs = afterMs
    this.#clock = clock
    this.#lookedAt = clock()
  }

  /** The leader has published up to `row`; `isWaiting`: there is something after it that it should have taken up. */
  look({ row, isWaiting }: { row: number; isWaiting: boolean }): void {
    const now = this.#clock()
    const passed = Math.min(countedMs, now - this.#lookedAt)
    this.#lookedAt = now
    this.#silentMs = isWaiting && row <= this.#row ? this.#silentMs + passed : 0
    this.#row = Math.max(row, this.#row)
  }

  get isGone(): boolean {
    return this.#silentMs >= this.#afterMs
  }

  /** Give it as long again. */
  wait(): void {
    this.#silentMs = 0
  }
}
