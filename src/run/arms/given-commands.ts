import { commandOf } from '../../codec/output.ts'
import { isRecstreamError } from '../../errors.ts'
import { beginnings } from '../../log/beginnings.ts'
import type { Log } from '../../log/log.ts'
import type { Command } from '../../records/command.ts'

/**
 * The commands so far, each once: those that the learner has taken in, in that order, then those that it has not.
 *
 * A topic that is not there holds none, and a record that is no command is passed over, as the learner does.
 */
export async function givenCommands(log: Log, topic: string): Promise<Command[]> {
  const ranges = await log.ranges(topic).catch(noneIfUnknown)
  if (ranges.length === 0) return []
  const applied = new Map<string, Command>()
  const asked = new Map<string, Command>()
  const reader = await log.reader(beginnings(topic, ranges), { name: 'arms' })
  try {
    while (ranges.some(({ partition, end }) => reader.position(topic, partition) < end)) {
      for (const record of await reader.read(100)) {
        const command = commandOf(record)
        if (command !== null) (command.appliedAt === null ? asked : applied).set(command.commandId, command)
      }
    }
  } finally {
    await reader.close()
  }
  return [...applied.values(), ...[...asked.values()].filter(({ commandId }) => !applied.has(commandId))]
}

function noneIfUnknown(error: unknown): [] {
  if (isRecstreamError(error, 'TOPIC_UNKNOWN')) return []
  throw error
}
