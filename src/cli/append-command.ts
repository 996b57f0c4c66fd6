import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { commandRecord } from '../codec/command-record.ts'
import type { Log } from '../log/log.ts'
import { type Command, givenCommand, type WantedCommand } from '../records/command.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { topicsOf } from '../records/topics.ts'

/** Append a command to the topic of a pipeline, which is there. */
export async function appendCommand(
  wanted: WantedCommand,
  { log, name, encoding }: { log: Log } & Pick<PipelineDefinition, 'name' | 'encoding'>,
): Promise<Command> {
  const command = givenCommand(wanted, { commandId: randomUUID(), time: Date.now() })
  const producer = await log.producer(`${name}.commands.${hostname()}.${process.pid}`)
  try {
    await producer.append(topicsOf(name).commands, [commandRecord(command, encoding)])
  } finally {
    await producer.close()
  }
  return command
}
