import { encodeCommand } from '../../codec/output.ts'
import type { Log } from '../../log/log.ts'
import type { Command } from '../../records/command.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import type { ForgetCommand, Forgotten } from '../../records/forgotten.ts'
import type { Part } from '../../records/part.ts'
import type { Topics } from '../../records/topics.ts'

/** Put on the topic how far a command has come. */
export async function tell(
  command: ForgetCommand,
  {
    log,
    definition,
    topics,
    part,
    forgotten,
  }: { log: Log; definition: PipelineDefinition; topics: Topics; part: Part; forgotten: Forgotten },
): Promise<void> {
  const { offset: _, ...said }: Command & { offset: number } = command
  const { name, encoding } = definition
  // Several parts may tell at once.
  const producer = await log.producer(forgetName(name, part), [topics.commands])
  try {
    const value = encodeCommand(said, encoding)
    await producer.append(topics.commands, [{ partition: 0, timestamp: command.time, key: null, value }])
  } finally {
    await producer.close()
  }
  const [range] = await log.ranges(topics.commands)
  forgotten.take(said, range!.end - 1)
}

/** Whoever puts on topics what comes of forgetting. */
export function forgetName(pipeline: string, { part, of }: Part): string {
  return of === 1 ? `${pipeline}.forget` : `${pipeline}.forget.${part}`
}
