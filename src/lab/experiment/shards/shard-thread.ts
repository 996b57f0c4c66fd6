// The thread of one learner: does what it is asked to, one thing after the other.
import { parentPort, workerData } from 'node:worker_threads'
import { shardLearner } from './shard-learner.ts'
import { shardWork } from './shard-port.ts'
import type { ShardThreadData, ToShardThread } from './shard-threads.ts'

const { source, own, options } = workerData as ShardThreadData
const work = shardWork(shardLearner(source, options), source, own, () => performance.now())

parentPort!.on('message', (message: ToShardThread) => {
  if (message.type === 'pass') parentPort!.postMessage(work.pass(message.from, message.to))
  else if (message.type === 'take') parentPort!.postMessage(work.take(message.given))
  else parentPort!.postMessage(work.give())
})
parentPort!.postMessage({ ms: 0 })
