interface Closable {
  close(): Promise<void>
}

/** Producers and readers that a log has given out, so that closing the log closes what is still open. */
export class OpenParts {
  readonly #open = new Set<Closable>()

  /** Note a part until it is closed. */
  add<T extends Closable>(part: T): T {
    const { close } = part
    this.#open.add(part)
    part.close = () => {
      this.#open.delete(part)
      return close.call(part)
    }
    return part
  }

  async close(): Promise<void> {
    for (const part of [...this.#open]) await part.close()
  }
}
