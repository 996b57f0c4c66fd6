import type { OutgoingRecord } from '../log/log.ts'
import type { Command } from '../records/command.ts'
import { type Encoding, encodeCommand } from './output.ts'

/** A command as it stands on the commands topic. */
export function commandRecord(command: Command, encoding: Encoding): OutgoingRecord {
  return { key: null, partition: 0, timestamp: command.time, value: encodeCommand(command, encoding) }
}
