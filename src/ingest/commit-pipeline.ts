/**
 * Batches on their way out: while one is published the next is committed and the one after it worked on; never more.
 *
 * Commits and publications each keep the order of the calls.
 */
export class CommitPipeline {
  #committing: Promise<void> = Promise.resolve()
  #publishing: Promise<void> = Promise.resolve()
  #publishedBefore: Promise<void> = Promise.resolve()
  #failure: { error: unknown } | null = null

  /** Throw what went wrong with an earlier batch; it may be long until another one comes and would throw it. */
  check(): void {
    if (this.#failure !== null) throw this.#failure.error
  }

  /** Resolves when there is room for another batch and everything before it is being committed at least. */
  async room(): Promise<void> {
    await Promise.all([this.#committing, this.#publishedBefore])
  }

  /** Begin to commit a batch, and to publish it once it and all before it are committed. Wait for room first. */
  begin(commit: () => Promise<void>, publish: () => Promise<void>): void {
    const before = this.#publishing
    this.#committing = commit()
    this.#publishedBefore = before
    this.#publishing = Promise.all([this.#committing, before]).then(publish)
    this.#publishing.catch((error: unknown) => {
      this.#failure ??= { error }
    })
    this.#committing.catch(() => {})
  }

  /** Resolves when every batch begun so far is committed. */
  committed(): Promise<void> {
    return this.#committing
  }

  /** Resolves when every batch begun so far is committed and published. */
  async settled(): Promise<void> {
    await Promise.all([this.#committing, this.#publishing])
  }
}
