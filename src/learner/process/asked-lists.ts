import { RecstreamError } from '../../errors.ts'
import type { Answer, Decided, Question } from '../../records/question.ts'
import { nobody, type Recommendation } from '../../records/recommendation.ts'
import { type Trace, traceFrom } from '../../records/trace.ts'
import type { Learner } from '../learner.ts'
import type { Blocks } from './blocks/blocks.ts'
import { DecidedEvents } from './decided-events.ts'

/** Lists that wait to be published, at most; whoever asks for more is sent away. */
const mostWaiting = 20_000
/**
 * Goes for which another question is expected, and the events of one then: about as long as two answers take. However much is
 * asked, each answer owes events so many, up to what one go may take, so that events go on. Where there is not time for both,
 * the others wait in the log, and nobody for their list.
 */
const [patience, shortSlice, eventsPerAnswer, mostOwed] = [200, 4, 1, 256]

/**
 * Answers of a learner, and the lists among them until they are published: each once, however often it was asked for.
 *
 *     const asked = new AskedLists(learner, blocks, () => !output.isAgain(learner))
 *     asked.answer({ kind: 'list', userId: 'ann', … })
 *     asked.take()   // [the list for ann]
 */
export class AskedLists {
  readonly #learner: Pick<Learner, 'answer' | 'reached' | 'position'>
  readonly #isReady: () => boolean
  #waiting: Recommendation[] = []
  /** Ids of lists that were asked for since the last event. */
  #ids = new Set<string>()
  #position = 0
  /** Goes of the learner since the last question, and events that are to be learned from before the next one. */
  #quiet = patience
  #owed = 0
  /** By the part of ingest that says it. */
  readonly #decided: readonly DecidedEvents[]
  /** Parts of whose events more is waited for than is known. */
  readonly #behind = new Set<number>()

  constructor(
    learner: Pick<Learner, 'answer' | 'reached' | 'position'>,
    blocks: Pick<Blocks, 'parts' | 'rowOf'>,
    isReady: () => boolean,
  ) {
    this.#learner = learner
    this.#decided = Array.from({ length: blocks.parts }, (_, part) => new DecidedEvents(row => blocks.rowOf(part, row)))
    this.#isReady = isReady
  }

  /** Of how many events the learner learns in one go: of few where questions came in one of the last goes, so that none waits. */
  sliceOf(usual: number): number {
    this.#quiet += 1
    return this.#quiet <= patience ? Math.min(Math.max(shortSlice, this.#owed), usual) : usual
  }

  /** So many events were learned from; whether those who ask are next, where a block ended before all that is owed. */
  learned(events: number): boolean {
    this.#owed = Math.max(0, this.#owed - events)
    return this.#owed === 0
  }

  /** There is nothing more to learn from: nothing is owed. */
  caughtUp(): void {
    this.#owed = 0
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** How many records of its partition lie between what is to be known and what is; 0: it is known. */
  behind(question: Question): number {
    const after = 'after' in question ? question.after : null
    if (after === null) return 0
    const part = after.partition % this.#decided.length
    const decided = this.#decided[part]!.upTo(after.partition, this.#learner.position)
    const behind = Math.max(0, after.offset - Math.max(this.#learner.reached(after.partition), decided))
    if (behind > 0) this.#behind.add(part)
    return behind
  }

  /** Somebody asked for more than is known, which may have been rejected: the parts of ingest that are to say how far they have come. */
  asksIngest(): number[] {
    if (this.#behind.size === 0) return []
    const asks = [...this.#behind].filter(part => !this.#decided[part]!.isWaiting)
    this.#behind.clear()
    return asks
  }

  /** What a part said to that. */
  hear(decided: Decided, part = 0): void {
    this.#decided[part]!.hear(decided)
  }

  /** Answer as things stand now. NOT_RUNNING while the learner goes over what it published before, or is asked for too much. */
  answer(question: Question): Answer {
    if (!this.#isReady()) throw new RecstreamError('NOT_RUNNING', 'The learner is catching up; ask again in a moment.')
    if (this.#waiting.length >= mostWaiting) {
      throw new RecstreamError('NOT_RUNNING', `${mostWaiting} lists wait to be published; ask again in a moment.`)
    }
    this.#quiet = 0
    this.#owed = Math.min(mostOwed, this.#owed + eventsPerAnswer)
    const answer = this.#learner.answer(question)
    if (answer.kind === 'list') this.#note(answer.list, traceOf(question))
    return { ...answer, standing: { ...answer.standing, behind: this.behind(question) } }
  }

  /** Lists that nobody has published; whoever takes them does. All that was learned before they were made is on its way then. */
  take(): Recommendation[] {
    const lists = this.#waiting
    this.#waiting = []
    return lists
  }

  #note(list: Recommendation, trace: Trace | null): void {
    if (this.#position !== this.#learner.position) this.#ids.clear()
    this.#position = this.#learner.position
    if (list.userId === nobody || list.items.length === 0 || this.#ids.has(list.recommendationId)) return
    this.#ids.add(list.recommendationId)
    if (this.#ids.size > mostWaiting) this.#ids.clear()
    this.#waiting.push(trace === null ? list : { ...list, trace })
  }
}

/** Whoever asks may be at the door by themselves, and what they say be no trace. */
function traceOf(question: Question): Trace | null {
  const trace = 'trace' in question ? question.trace : undefined
  return trace === undefined ? null : traceFrom(trace.parent, trace.state)
}
