import type { LogRecord } from '../log/log.ts'
import { type Command, type Forget, type ForgetPart, forgetStages } from './command.ts'
import type { Part } from './part.ts'
import { keyName, keyNameOf, type PseudonymOf, pseudonyms } from './pseudonym.ts'

/** A command to forget somebody, as far as it has come, and where its record stands on the commands topic. */
export interface ForgetCommand extends Command {
  forget: Forget
  offset: number
}

/** Header of a record that is left in the place of one that was of somebody who was forgotten: it says nothing. */
export const forgottenHeader = 'recstream-forgotten'

/** Whether a record is what is left of one. */
export function isForgotten({ value, headers }: Pick<LogRecord, 'value' | 'headers'>): boolean {
  return value === null && headers[forgottenHeader] !== undefined
}

/** Ids whose pseudonyms are kept, so that each is hashed once. */
const keptIds = 200_000

/**
 * Who is to be forgotten, and who was: what the commands topic says of it.
 *
 *     const forgotten = new Forgotten(() => key)
 *     forgotten.take(command, offset)
 *     forgotten.passesOver('ann', { topic: 'shop.behaviour-events', partition: 0, offset: 17 })   // true
 *
 * The key is asked for when such a command has come; without it, or with another one, the command is `underOtherKeys`.
 */
export class Forgotten {
  readonly #askKey: () => Buffer | null
  #key: Buffer | null = null
  readonly #commands = new Map<string, ForgetCommand>()
  /** How often an id is asked for: once hashed, what it came to. */
  readonly #known = new Map<string, string>()
  /** The furthest offset of each partition up to which anybody's records are passed over. */
  readonly #until = new Map<string, number>()
  #pseudonymOf: PseudonymOf | null = null

  constructor(key: () => Buffer | null) {
    this.#askKey = key
  }

  /** A command as it stands on the topic, at an offset; or as it is about to. */
  take(command: Command, offset = Number.POSITIVE_INFINITY): void {
    if (command.kind !== 'forget' || command.forget === undefined) return
    const before = this.#commands.get(command.commandId)
    const given = together(command as ForgetCommand, before)
    const isPart = (command.forget.parts ?? []).length > 0 && before?.forget.stage === given.forget.stage
    if (before !== undefined && rank(before) >= rank(given) && (isGivenUp(before) || !isGivenUp(given)) && !isPart)
      return
    // Merges before the place where it was taken in are of the person that is gone.
    const place = before === undefined || before.forget.stage === 'given' ? offset : before.offset
    this.#commands.set(command.commandId, { ...given, offset: place })
    for (const [at, end] of Object.entries(given.forget.until)) {
      this.#until.set(at, Math.max(end, this.#until.get(at) ?? 0))
    }
  }

  /** Somebody is to be forgotten, and whoever ingests has to do it now. */
  get isDue(): boolean {
    return this.size > 0 && this.at('given').length + this.at('learned').length > 0
  }

  /** The same for one part of several: it has not noted somebody, or not cleared somebody whom the learner has forgotten. */
  isDueIn({ part, of }: Part): boolean {
    if (of === 1) return this.isDue
    if (this.size === 0) return false
    const isNew = this.at('given').some(command => doneIn(command, { part }) === undefined)
    return isNew || this.at('learned').some(command => doneIn(command, { part })?.cleared !== true)
  }

  get size(): number {
    return this.#commands.size
  }

  all(): Iterable<ForgetCommand> {
    return this.#commands.values()
  }

  /** Those that have come to a stage and no further, in the order in which they were given. */
  at(stage: Forget['stage']): ForgetCommand[] {
    return [...this.#commands.values()].filter(
      command => command.forget.stage === stage && (stage !== 'given' || this.#otherKey(command) === null),
    )
  }

  /** Somebody is to be forgotten, and something of them is left. */
  get isPending(): boolean {
    return (['given', 'taken', 'accepted', 'learned'] as const).some(stage => this.at(stage).length > 0)
  }

  /** Commands of which nobody can say here whom they mean: they were given under a key that is not here. */
  get underOtherKeys(): ForgetCommand[] {
    return [...this.#commands.values()].filter(command => !isGivenUp(command) && this.#otherKey(command) !== null)
  }

  #heldKey(): Buffer | null {
    this.#key ??= this.#askKey()
    return this.#key
  }

  #otherKey({ forget }: ForgetCommand): string | null {
    const key = this.#heldKey()
    const own = key === null ? null : keyName(key)
    return forget.people.map(keyNameOf).find(name => name !== own) ?? null
  }

  /** Whether an id is one of the person's. */
  isOf({ forget }: Pick<ForgetCommand, 'forget'>, id: string): boolean {
    return forget.people.includes(this.pseudonym(id))
  }

  /** Whether a record of somebody is passed over: it was there when they were forgotten. */
  passesOver(id: string, { topic, partition, offset }: { topic: string; partition: number; offset: number }): boolean {
    if (!this.covers({ topic, partition, offset })) return false
    const place = `${topic}/${partition}`
    const pseudonym = this.pseudonym(id)
    for (const { forget } of this.#commands.values()) {
      if (offset < (forget.until[place] ?? 0) && forget.people.includes(pseudonym)) return true
    }
    return false
  }

  /** Whether anybody's records are passed over at this place. */
  covers({ topic, partition, offset }: { topic: string; partition: number; offset: number }): boolean {
    return offset < (this.#until.get(`${topic}/${partition}`) ?? 0)
  }

  /** Whether a merge was of somebody who was forgotten after it. */
  endsMerge({ fromUser, toUser }: { fromUser: string; toUser: string }, offset: number): boolean {
    for (const command of this.#commands.values()) {
      if (offset >= command.offset || command.forget.stage === 'given') continue
      if (this.isOf(command, fromUser) || this.isOf(command, toUser)) return true
    }
    return false
  }

  pseudonym(id: string): string {
    const known = this.#known.get(id)
    if (known !== undefined) return known
    const key = this.#heldKey()
    if (key === null) return ''
    this.#pseudonymOf ??= pseudonyms(key)
    const pseudonym = this.#pseudonymOf(id)
    if (this.#known.size >= keptIds) this.#known.clear()
    this.#known.set(id, pseudonym)
    return pseudonym
  }
}

/** What a part has done of a command; undefined where it has not noted it, or is the only one. */
export function doneIn({ forget }: ForgetCommand, { part }: Pick<Part, 'part'>): ForgetPart | undefined {
  return forget.parts?.find(each => each.part === part)
}

/** A command with what was known of it: parts of ingest tell what they have done each for itself. */
function together(command: ForgetCommand, before: ForgetCommand | undefined): ForgetCommand {
  const { forget } = command
  if (before === undefined || isGivenUp(command) || !(forget.parts?.length || before.forget.parts?.length))
    return command
  const parts = new Map<number, ForgetPart>()
  for (const each of [...(before.forget.parts ?? []), ...(forget.parts ?? [])]) {
    const known = parts.get(each.part)
    parts.set(each.part, { ...each, cleared: each.cleared || known?.cleared === true })
  }
  return {
    ...command,
    forget: {
      ...{ stage: forget.stage, upTo: forget.upTo ?? before.forget.upTo },
      people: [...new Set([...before.forget.people, ...forget.people])],
      until: highest(before.forget.until, forget.until),
      removed: highest(before.forget.removed, forget.removed),
      parts: [...parts.values()].sort((a, b) => a.part - b.part),
    },
  }
}

function highest(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const all: Record<string, number> = { ...a }
  for (const [name, number] of Object.entries(b)) all[name] = Math.max(all[name] ?? 0, number)
  return all
}

/** The key of a command is lost for good, and nobody is passed over for its sake any more. */
export function givenUp(command: ForgetCommand): ForgetCommand {
  return { ...command, forget: { ...command.forget, stage: 'done', until: {} } }
}

const isGivenUp = ({ forget }: ForgetCommand) => forget.stage === 'done' && Object.keys(forget.until).length === 0

const rank = ({ forget }: ForgetCommand) => forgetStages.indexOf(forget.stage)
