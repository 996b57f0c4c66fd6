import type { SchemaRegistry } from '../../codec/registry.ts'
import { failpoint } from '../../failpoint.ts'
import type { Log } from '../../log/log.ts'
import type { Forget } from '../../records/command.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { doneIn, type ForgetCommand, type Forgotten } from '../../records/forgotten.ts'
import { onlyPart, owns, type Part } from '../../records/part.ts'
import { type Topics, topicsOf } from '../../records/topics.ts'
import type { PersonRows, Warehouse } from '../../records/warehouse.ts'
import { forgottenLetter, isForgottenLetter, readDeadLetter } from '../collect/dead-letter.ts'
import { forgetPositions } from '../start-positions.ts'
import { clearTopics } from './clear-topics.ts'
import { type Collectors, collectorsOf } from './collectors.ts'
import { letterIsOf, placesIn } from './letters.ts'
import type { Place } from './mentions.ts'
import { readMerges, withMerged } from './merges.ts'
import { nameIn, newestList, newestRow, removedBy } from './parts-of-command.ts'
import { tell } from './tell.ts'

export interface ForgetOptions {
  definition: PipelineDefinition
  log: Log
  warehouse: Warehouse
  /** Default: the only one. */
  part?: Part
  /** What the commands topic says, read to its end. */
  forgotten: Forgotten
  registry?: SchemaRegistry
  /** Everything that was taken in is committed and published: people can be taken in, too. */
  isSettled: boolean
  /** Clear, or only count, what is found in what was noted of the run; how much, by where. */
  clearNotes: (find: (bytes: Buffer) => Iterable<Place>, what: 'clear' | 'count') => Record<string, number>
  /** Nothing is left of somebody; called before that is put on the topic, and again after a crash in between. */
  onForgotten: (command: ForgetCommand) => Promise<void>
}

interface Work extends ForgetOptions {
  part: Part
  topics: Topics
  collectors: Collectors
}

/** Forgets nobody's dead letters at once: so many are looked through. */
const chunk = 5_000

/**
 * What ingest does of forgetting somebody; nothing of it may run meanwhile. Each step can be done again.
 *
 * It takes the command in: from the next row on the person's id is somebody new, and what the tables hold of them is deleted.
 * When the learner has followed, the topics and the files are cleared. In between the log still holds what the learner was made
 * from, so that a restart of it comes out equal.
 *
 * Where there are several parts each does this for itself, tells so, and clears its own partitions; the first of them says when all
 * have (`forgetTogether`).
 */
export async function forgetPeople(options: ForgetOptions): Promise<void> {
  const { forgotten, definition } = options
  if (forgotten.size === 0) return
  const work: Work = {
    ...options,
    part: options.part ?? onlyPart,
    topics: topicsOf(definition.name),
    collectors: collectorsOf(definition, options.registry),
  }
  const isNoted = (command: ForgetCommand) => doneIn(command, work.part) !== undefined
  const isCleared = (command: ForgetCommand) => doneIn(command, work.part)?.cleared === true
  if (options.isSettled) for (const command of forgotten.at('given')) if (!isNoted(command)) await takeIn(command, work)
  const noted = forgotten.at('given').filter(isNoted)
  for (const command of [...noted, ...forgotten.at('taken'), ...forgotten.at('accepted')])
    await deleteRows(command, work)
  for (const command of forgotten.at('learned')) if (!isCleared(command)) await clear(command, work)
}

/** From the next row on they are forgotten; that stands on the topic before anything follows from it. */
async function takeIn(command: ForgetCommand, work: Work): Promise<void> {
  const { log, topics, warehouse, part } = work
  // Whoever they turned out to be since the command was given is forgotten with them.
  const merges = await readMerges(log, topics.commands, work.forgotten)
  const named = merges.flatMap(({ fromUser, toUser }) => [fromUser, toUser])
  const theirs = named.filter(id => work.forgotten.isOf(command, id))
  const ids = withMerged([...(await idsOf(command, work)), ...theirs], merges)
  const places: [string, number][] = []
  for (const topic of [topics.behaviourEvents, topics.userProfiles]) {
    for (const { partition, end } of await log.ranges(topic)) places.push([`${topic}/${partition}`, end])
  }
  const { sequence } = await warehouse.newest()
  const people = [...new Set([...command.forget.people, ...Array.from(ids, id => work.forgotten.pseudonym(id))])]
  const counted = await warehouse.forget(await rowsOf(command, ids, sequence, work), 'count')
  const removed = {
    ...Object.fromEntries(Object.entries(counted).map(([table, rows]) => [`table ${table}`, rows])),
    ...work.clearNotes(placesIn(command, ids, work.forgotten), 'count'),
  }
  const until = Object.fromEntries(places.filter(([place]) => isOwn(place, work)))
  const noted = { parts: [{ part: part.part, upTo: sequence, cleared: false }], removed: removedBy(part, removed) }
  const forget: Forget =
    part.of === 1
      ? { people, removed, stage: 'taken', upTo: sequence, until }
      : { people, stage: 'given', upTo: null, until, ...noted }
  failpoint('taken.before')
  await tell({ ...command, forget }, work)
  failpoint('taken.after')
}

/** Events of a partition are passed over by the part that owns it; profiles by every part that reads them. */
function isOwn(place: string, { topics, part }: Work): boolean {
  const at = place.lastIndexOf('/')
  return place.slice(0, at) === topics.userProfiles || owns(part, Number(place.slice(at + 1)))
}

/** Ids of the command that stand in the tables; once it is taken in, those of whoever was said to be one of them are its own. */
async function idsOf(command: ForgetCommand, { warehouse, forgotten }: Work): Promise<Set<string>> {
  const ids = new Set<string>()
  for await (const some of warehouse.userIds()) for (const id of some) if (forgotten.isOf(command, id)) ids.add(id)
  return ids
}

/** What the tables hold of them up to a row. */
async function rowsOf(command: ForgetCommand, ids: ReadonlySet<string>, upTo: number, work: Work): Promise<PersonRows> {
  const isTheirs = letterIsOf(command, ids, work)
  const deadLetters: number[] = []
  for (let after = 0; ; ) {
    const letters = await work.warehouse.deadLetters(after, chunk)
    if (letters.length === 0) break
    deadLetters.push(...letters.filter(isTheirs).map(({ number }) => number))
    after = letters.at(-1)!.number
  }
  const { commandId, offset } = command
  const lists = work.part.of === 1 ? {} : { listsUpTo: newestList(command) }
  return { commandId, userIds: [...ids], deadLetters, upTo, ...lists, commandsBefore: offset }
}

/** Delete what the tables hold of them, and what dead letters do, on their topic too, while their ids are known. */
async function deleteRows(command: ForgetCommand, work: Work): Promise<void> {
  const rows = await rowsOf(command, await idsOf(command, work), newestRow(command, work.part), work)
  await clearLetters(command, rows, work)
  await work.warehouse.forget(rows)
}

/** What is left of dead letters, and of notes about them. */
async function clearLetters(
  command: ForgetCommand,
  { userIds }: Pick<PersonRows, 'userIds'>,
  work: Work,
): Promise<void> {
  const ids = new Set(userIds)
  const isTheirs = letterIsOf(command, ids, work)
  work.clearNotes(placesIn(command, ids, work.forgotten), 'clear')
  failpoint('letters.before')
  await work.log.replace(work.topics.deadLetters, record => {
    if (!owns(work.part, record.partition)) return null
    const letter = readDeadLetter(record)
    return letter !== null && !isForgottenLetter(letter) && isTheirs(letter) ? forgottenLetter(record) : null
  })
  failpoint('letters.after')
}

/** Nothing of them is left anywhere, and that is put on the topic. */
async function clear(command: ForgetCommand, work: Work): Promise<void> {
  const { part } = work
  /** It is where commands are brought into tables. */
  const hasCommands = owns(part, 0)
  const onTopics = await clearTopics(command, work)
  // Lists that were on their way have come in since, and records that nobody can read.
  const rows = await rowsOf(command, await idsOf(command, work), newestRow(command, work.part), work)
  await clearLetters(command, rows, work)
  const { recommendations = 0 } = await work.warehouse.forget({
    ...rows,
    // Where the topic was written again, each of them comes once more.
    everyCommand: hasCommands && work.log.kind === 'kafka',
  })
  if (hasCommands && work.log.kind === 'kafka') await forgetPositions(work.log, work.warehouse, work.topics.commands)
  failpoint('renew.before')
  await work.warehouse.renew()
  failpoint('renew.after')
  const { removed: before, parts = [] } = command.forget
  const table = nameIn(part, 'table recommendations')
  const removed = { ...before, ...removedBy(part, onTopics), [table]: (before[table] ?? 0) + recommendations }
  if (part.of > 1) {
    const own = parts.map(each => (each.part === part.part ? { ...each, cleared: true } : each))
    return tell({ ...command, forget: { ...command.forget, removed, parts: own } }, work)
  }
  const done: ForgetCommand = { ...command, forget: { ...command.forget, stage: 'done', removed } }
  failpoint('receipt.before')
  await work.onForgotten(done)
  failpoint('done.before')
  await tell(done, work)
  failpoint('done.after')
}
