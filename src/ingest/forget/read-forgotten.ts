import type { Log } from '../../log/log.ts'
import type { Forgotten } from '../../records/forgotten.ts'
import { CommandFeed } from './command-feed.ts'

/** Take in what the commands topic says of people who are to be forgotten, up to its end. */
export async function readForgotten(log: Log, topic: string, forgotten: Forgotten): Promise<void> {
  await (await CommandFeed.open(log, topic, forgotten)).close()
}
