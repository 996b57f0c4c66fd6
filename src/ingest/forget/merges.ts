import { commandOf } from '../../codec/output.ts'
import { beginnings } from '../../log/beginnings.ts'
import type { Log } from '../../log/log.ts'
import { readToEnd } from '../../log/read-or-end.ts'
import type { Forgotten } from '../../records/forgotten.ts'

/** Two users who are one. */
export interface Merge {
  fromUser: string
  toUser: string
}

/** Merges on the commands topic, asked for or taken in; but those of whoever was forgotten since, who is nobody else any more. */
export async function readMerges(log: Log, topic: string, forgotten: Forgotten): Promise<Merge[]> {
  const merges: Merge[] = []
  const reader = await log.reader(beginnings(topic, await log.ranges(topic)), { name: 'merges' })
  try {
    await readToEnd(reader, record => {
      const command = commandOf(record)
      if (command?.kind !== 'merge' || !command.fromUser || !command.toUser) return
      const merge = { fromUser: command.fromUser, toUser: command.toUser }
      if (!forgotten.endsMerge(merge, record.offset)) merges.push(merge)
    })
    return merges
  } finally {
    await reader.close()
  }
}

/**
 * Ids, and all that they are one with.
 *
 *     withMerged(['ann'], [{ fromUser: 'cookie-17', toUser: 'ann' }])   // Set { 'ann', 'cookie-17' }
 */
export function withMerged(ids: Iterable<string>, merges: readonly Merge[]): Set<string> {
  const others = new Map<string, string[]>()
  const note = (one: string, other: string) => {
    const known = others.get(one)
    if (known === undefined) others.set(one, [other])
    else known.push(other)
  }
  for (const { fromUser, toUser } of merges) {
    note(fromUser, toUser)
    note(toUser, fromUser)
  }
  const all = new Set(ids)
  // What is added while a set is walked over is walked over, too.
  for (const id of all) for (const other of others.get(id) ?? []) all.add(other)
  return all
}
