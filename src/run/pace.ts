/** How long a thread ran, and how long it was ready to run while others did, since it began, ns; and what the machine had to spare. */
export interface ProcessorTime {
  ran: number
  waited: number
  /** Time in which the machine's processors had nothing to do, of all their time, in any unit. */
  idle: number
  all: number
}

/** Time between two looks, ms: less says more of chance than of the machine. */
const lookEvery = 250
/** Share of its time that a thread waits for a processor: above the first batches grow, below the second they shrink. */
const [crowded, free] = [0.25, 0.1]
/**
 * Share of their time that processors have nothing to do: above the first they are not short, below the second they are. Processes that one
 * event wakes wait for each other for a moment, though nobody else wants to run.
 */
const [spare, short] = [0.2, 0.1]
/** The first and the longest rest, ms. */
const [shortest, longest] = [4, 100]
/** Events of a batch that is no small one any more: what a commit costs is nothing beside them. */
const large = 1_000

/**
 * How long to rest after a small batch, so that more comes together in the next: not at all on a machine that has time to spare, up
 * to 100 ms where processes wait for a processor. A commit and a transaction cost for one event what they cost for a hundred.
 *
 *     const pace = new Pace()
 *     pace.rest(() => ({ ran: 0, waited: 0, idle: 0, all: 0 }), 0, 20)           // 0
 *     pace.rest(() => ({ ran: 2e8, waited: 2e8, idle: 0, all: 1 }), 500, 20)   // 4: half of the time went by waiting
 *
 * Where the system tells nothing of it, batches are as small as they come.
 */
export class Pace {
  #rest = 0
  #last: { time: ProcessorTime; at: number } | null = null

  /** Milliseconds to rest after so many events, by what the thread has had up to `now`, ms; asked for at each look alone. */
  rest(timeOf: () => ProcessorTime | null, now: number, events: number): number {
    if (this.#last === null || now - this.#last.at >= lookEvery) this.#look(timeOf(), now)
    return events < large ? this.#rest : 0
  }

  #look(time: ProcessorTime | null, at: number): void {
    if (time === null) return
    const last = this.#last
    this.#last = { time, at }
    if (last === null) return
    const waited = time.waited - last.time.waited
    const share = waited / Math.max(1, time.ran - last.time.ran + waited)
    const idle = (time.idle - last.time.idle) / Math.max(1, time.all - last.time.all)
    if (share > crowded && idle < short) this.#rest = Math.min(longest, Math.max(shortest, 1.5 * this.#rest))
    else if (share < free || idle > spare) this.#rest = this.#rest <= shortest ? 0 : 0.8 * this.#rest
  }
}
