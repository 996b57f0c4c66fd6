import type { FromProcess } from '../messages.ts'
import { spokenAsOne } from '../spoken-as-one.ts'
import { ProcessLink, type Request } from './process-link.ts'

/**
 * The lines of parts that share a process to its supervisor: what they say is said as one, and what is asked of the process is
 * asked of each.
 *
 *     const links = partLinks(link, 2)
 *     links[0].answered('drain', message)   // the supervisor hears it when the other has answered, too
 */
export function partLinks(link: ProcessLink, parts: number): ProcessLink[] {
  const say = spokenAsOne(parts, message => link.say(message))
  return Array.from({ length: parts }, (_, k) => new PartLink(link, message => say(k, message)))
}

class PartLink extends ProcessLink {
  readonly #link: ProcessLink
  /** How often it was asked when it answered last. */
  readonly #answered = new Map<Request, number>()

  constructor(link: ProcessLink, say: (message: FromProcess) => void) {
    super(link.stopped, say)
    this.#link = link
  }

  override asked(request: Request): boolean {
    return this.#link.timesAsked(request) > (this.#answered.get(request) ?? 0)
  }

  override answered(request: Request, message: FromProcess): void {
    this.#answered.set(request, this.#link.timesAsked(request))
    this.say(message)
  }
}
