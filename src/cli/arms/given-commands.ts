import type { Command } from '../../arms/command.ts'
import { decodeCommand } from '../../codec/output.ts'
import { RecstreamError } from '../../errors.ts'
import type { Log } from '../../log/log.ts'

/**
 * The commands that were given so far, oldest first, each once; `appliedAt` is set where the learner has taken one in.
 *
 * A topic that is not there holds none, and a record that is no command is passed over, as the learner does.
 */
export async function givenCommands(log: Log, topic: string): Promise<Command[]> {
  const ranges = await log.ranges(topic).catch(noneIfUnknown)
  if (ranges.length === 0) return []
  const found = new Map<string, Command>()
  const reader = await log.reader(
    ranges.map(({ partition, first }) => ({ topic, partition, offset: first })),
    { name: 'arms' },
  )
  try {
    while (ranges.some(({ partition, end }) => reader.position(topic, partition) < end)) {
      for (const { value } of await reader.read(100)) {
        const command = commandOf(value)
        if (command === null) continue
        const known = found.get(command.commandId)
        found.set(command.commandId, { ...command, appliedAt: command.appliedAt ?? known?.appliedAt ?? null })
      }
    }
  } finally {
    await reader.close()
  }
  return [...found.values()]
}

function noneIfUnknown(error: unknown): [] {
  if (error instanceof RecstreamError && error.code === 'TOPIC_UNKNOWN') return []
  throw error
}

function commandOf(value: Buffer | null): Command | null {
  try {
    return value === null ? null : decodeCommand(value)
  } catch {
    return null
  }
}
