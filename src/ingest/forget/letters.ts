import type { ForgetCommand, Forgotten } from '../../records/forgotten.ts'
import { plainJson } from '../../records/plain-text.ts'
import type { Topics } from '../../records/topics.ts'
import type { DeadLetter } from '../../records/warehouse.ts'
import type { Collectors } from './collectors.ts'
import { mentions, type Place, placesOf, quotedTexts, wordsIn } from './mentions.ts'

/** A letter as far as it is looked through. */
export type Letter = Pick<
  DeadLetter,
  'topic' | 'partition' | 'offset' | 'timestamp' | 'message' | 'key' | 'value' | 'headers'
>

/**
 * Whether a dead letter holds something of somebody who is forgotten: under their id as its key, as one of their events or
 * their profile, or by their id anywhere in it. Of whom no id is known, each text in it is tried.
 */
export function letterIsOf(
  command: ForgetCommand,
  ids: ReadonlySet<string>,
  { topics, collectors, forgotten }: { topics: Topics; collectors: Collectors; forgotten: Forgotten },
): (letter: Letter) => boolean {
  const isTheirs = (id: string) => ids.has(id) || forgotten.isOf(command, id)
  return letter => {
    const { topic, partition, offset, key, value, headers, message } = letter
    const until = command.forget.until[`${topic}/${partition}`]
    if (until !== undefined && offset >= until) return false
    if (key === null && value === null) return false
    if (key !== null && isTheirs(key.toString())) return true
    const collector =
      topic === topics.behaviourEvents ? collectors.event : topic === topics.userProfiles ? collectors.profile : null
    const collected = collector?.collect(letter)
    if (collected !== undefined && 'value' in collected) {
      const { value: made } = collected
      return isTheirs('userId' in made ? made.userId : made.id)
    }
    const parts = [key, value, Buffer.from(message), ...Object.values(headers)].filter(part => part !== null)
    if (ids.size === 0) return parts.some(part => quotedTexts(part).some(isTheirs))
    return parts.some(part => [...ids].some(id => mentions(part, id)))
  }
}

/** Finds their ids in lines of JSON, as they stand there; of whom no id is known, each word is tried. */
export function placesIn(
  command: ForgetCommand,
  ids: ReadonlySet<string>,
  forgotten: Forgotten,
): (bytes: Buffer) => Iterable<Place> {
  if (ids.size === 0) return bytes => [...wordsIn(bytes)].filter(({ word }) => forgotten.isOf(command, word))
  const forms = new Set<string>()
  for (const id of ids) for (const form of [id, plainJson(JSON.stringify(id)).slice(1, -1)]) forms.add(form)
  return bytes => [...forms].flatMap(form => [...placesOf(bytes, form)])
}
