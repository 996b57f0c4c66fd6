import type { Reason } from './reasons.ts'

/** A value that cannot be used, and why; it becomes a dead letter. Returned, never thrown. */
export class Rejection {
  readonly reason: Reason
  /** One sentence for the person who wrote the producer; never longer than a line, whatever the bytes were. */
  readonly message: string

  constructor(reason: Reason, message: string) {
    this.reason = reason
    this.message = message
  }
}
