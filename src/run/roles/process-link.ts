import type { LogRecord } from '../../log/log.ts'
import type { FromProcess } from '../messages.ts'

/** What a supervisor waits for. */
export type Request = 'drain' | 'land'

/** A process's side of the line to its supervisor: whether to stop, what is asked of it, and what it has to say. */
export class ProcessLink {
  readonly stopped: AbortSignal
  readonly say: (message: FromProcess) => void
  readonly #asked = new Set<Request>()
  readonly #times = new Map<Request, number>()
  #reportedAt = Number.NEGATIVE_INFINITY
  #waitsFor: string | null = null

  constructor(stopped: AbortSignal, say: (message: FromProcess) => void) {
    this.stopped = stopped
    this.say = say
  }

  ask(request: Request): void {
    this.#asked.add(request)
    this.#times.set(request, this.timesAsked(request) + 1)
  }

  /** How often this was asked since the process began. */
  timesAsked(request: Request): number {
    return this.#times.get(request) ?? 0
  }

  /** The supervisor waits for this. */
  asked(request: Request): boolean {
    return this.#asked.has(request)
  }

  answered(request: Request, message: FromProcess): void {
    this.#asked.delete(request)
    this.say(message)
  }

  /** Tell of a record on one of our own topics that none of our processes wrote. */
  passedOver({ topic, partition, offset, unreadable }: LogRecord): void {
    const place = `${topic}/${partition}@${offset}`
    const message =
      unreadable === undefined
        ? `Passed over ${place}: it was not written by recstream.`
        : `Passed over ${place}: ${unreadable}`
    this.say({ type: 'notice', message })
  }

  /** Something outside is waited for; null when it is there. May be called as often as it is looked for. */
  waiting(reason: string | null): void {
    if (reason === this.#waitsFor) return
    this.#waitsFor = reason
    this.say({ type: 'waiting', reason })
  }

  /** Report progress, at most five times a second. */
  report(now: number, message: () => FromProcess): void {
    if (now - this.#reportedAt < 200) return
    this.#reportedAt = now
    this.say(message())
  }
}
