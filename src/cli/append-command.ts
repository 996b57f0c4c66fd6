import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { encodeCommand } from '../codec/output.ts'
import type { Log } from '../log/log.ts'
import type { Command } from '../records/command.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { topicsOf } from '../records/topics.ts'

/** What is wanted; the rest of a command is filled in when it is given. */
export type Wanted = Pick<Command, 'kind'> & Partial<Command>

/** Append a command to the topic of a pipeline, which is there. */
export async function appendCommand(
  wanted: Wanted,
  { log, name, encoding }: { log: Log } & Pick<PipelineDefinition, 'name' | 'encoding'>,
): Promise<Command> {
  const command: Command = {
    ...{ commandId: randomUUID(), shares: {}, arm: null, fromUser: null, toUser: null },
    ...{ time: Date.now(), reason: '', appliedAt: null, ...wanted },
  }
  const producer = await log.producer(`${name}.commands.${hostname()}.${process.pid}`)
  try {
    const value = encodeCommand(command, encoding)
    await producer.append(topicsOf(name).commands, [{ partition: 0, timestamp: command.time, key: null, value }])
  } finally {
    await producer.close()
  }
  return command
}
