import type { WarehouseBatch } from '../records/warehouse.ts'
import { together } from './no-batch.ts'

/** Rows that wait for a commit at most: beside theirs, what a commit costs by itself is nothing. */
const fullFrom = 1_000
/** How long rows wait for others, ms: a commit of a few rows costs as much as one of hundreds. */
const waitMs = 250

interface CommitPipelineOptions {
  commit: (batch: WarehouseBatch) => Promise<void>
  /** Milliseconds. */
  clock: () => number
}

/**
 * Batches on their way out: each is published at once, and committed with others after a while; never more than two are on their
 * way to the topic, and as many to the tables.
 *
 * Commits and publications each keep the order of the calls. Whichever is behind after a crash is brought up to the other.
 *
 *     const out = new CommitPipeline({ commit: batch => warehouse.commit(batch), clock })
 *     await out.room()
 *     out.begin(batch, () => outbox.publish(blocks, []))
 *     await out.settled()
 */
export class CommitPipeline {
  readonly #options: CommitPipelineOptions
  #committing: Promise<void> = Promise.resolve()
  #publishing: Promise<void> = Promise.resolve()
  #publishedBefore: Promise<void> = Promise.resolve()
  #waiting: WarehouseBatch[] = []
  #rows = 0
  #since = 0
  #failure: { error: unknown } | null = null

  constructor(options: CommitPipelineOptions) {
    this.#options = options
  }

  /** Throw what went wrong with an earlier batch; it may be long until another one comes and would throw it. */
  check(): void {
    if (this.#failure !== null) throw this.#failure.error
  }

  /** Resolves when there is room for another batch. */
  async room(): Promise<void> {
    await Promise.all([this.#committing, this.#publishedBefore])
  }

  /** Resolves when every batch begun so far is published, or waits for its commit. */
  published(): Promise<void> {
    return this.#publishing
  }

  /**
   * Begin to publish a batch, and to commit it when enough wait. Wait for room first. `commitFirst`: what it holds cannot be read off
   * the topic.
   */
  begin(batch: WarehouseBatch, publish: () => Promise<void>, { commitFirst }: { commitFirst: boolean }): void {
    if (this.#waiting.length === 0) this.#since = this.#options.clock()
    this.#waiting.push(batch)
    this.#rows += batch.events.length + batch.users.length + batch.items.length + batch.recommendations.length
    if (commitFirst || this.#rows >= fullFrom) this.flush()
    const before = this.#publishing
    this.#publishedBefore = before
    this.#publishing = (commitFirst ? Promise.all([this.#committing, before]) : before).then(publish)
    this.#watch(this.#publishing)
  }

  /** Begin to commit what has waited long enough. */
  flushDue(): void {
    if (this.#options.clock() - this.#since >= waitMs) this.flush()
  }

  /** Begin to commit what waits. */
  flush(): void {
    if (this.#waiting.length === 0) return
    const batch = together(this.#waiting)
    this.#waiting = []
    this.#rows = 0
    this.#committing = this.#committing.then(() => this.#options.commit(batch))
    this.#watch(this.#committing)
  }

  /** Resolves when every batch begun so far is committed. */
  committed(): Promise<void> {
    this.flush()
    return this.#committing
  }

  /** Resolves when every batch begun so far is committed and published. */
  async settled(): Promise<void> {
    await Promise.all([this.committed(), this.#publishing])
  }

  #watch(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#failure ??= { error }
    })
  }
}
