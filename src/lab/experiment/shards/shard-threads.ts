import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { RecstreamError } from '../../../errors.ts'
import { packageRoot } from '../../../package-root.ts'
import type { SavedArrays } from '../../../state/saved-arrays.ts'
import type { ShardPort } from './shard-port.ts'
import type { ShardSource } from './shard-source.ts'
import type { ShardOptions } from './shared-policy.ts'

/** What a learner's thread begins with. */
export interface ShardThreadData {
  source: ShardSource
  own: number
  options: ShardOptions
}

export type ToShardThread =
  | { type: 'pass'; from: number; to: number }
  | { type: 'give' }
  | { type: 'take'; given: readonly SavedArrays[] }

/**
 * A learner in a thread of its own, as it would be in a process of its own: code is compiled for one learner, and several in one
 * thread would each be slower by a third.
 */
export async function shardThread(source: ShardSource, own: number, options: ShardOptions): Promise<ShardPort> {
  const data: ShardThreadData = { source, own, options }
  const thread = new Worker(threadPath(), { workerData: data })
  const answer = async <T>(): Promise<T> => ((await once(thread, 'message')) as [T])[0]
  const ask = <T>(message: ToShardThread): Promise<T> => {
    thread.postMessage(message)
    return answer<T>()
  }
  await answer()
  return {
    pass: (from, to) => ask({ type: 'pass', from, to }),
    give: () => ask({ type: 'give' }),
    take: given => ask({ type: 'take', given }),
    close: async () => void (await thread.terminate()),
  }
}

/** A thread starts from a compiled file; run from the sources, that is the one that was built from them. */
function threadPath(): string {
  const path = join(packageRoot(), 'dist', 'src', 'lab', 'experiment', 'shards', 'shard-thread.js')
  if (existsSync(path)) return path
  throw new RecstreamError('TOOL_MISSING', 'The program is not built; run `npm run build` first.')
}
