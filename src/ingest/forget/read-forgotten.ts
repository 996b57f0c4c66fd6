import type { Log } from '../../log/log.ts'
import type { Forgotten } from '../../records/forgotten.ts'
import { MergeFeed } from '../returning/merge-feed.ts'

/** Take in what the commands topic says of people who are to be forgotten, up to its end. */
export async function readForgotten(log: Log, topic: string, forgotten: Forgotten): Promise<void> {
  await (await MergeFeed.open(log, topic, forgotten)).close()
}
