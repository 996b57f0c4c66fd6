import { createRequire } from 'node:module'
import type { Position } from '../log.ts'
import { byTopic } from './by-topic.ts'
import type { ClusterBroker } from './client.ts'

/** A position that a group has told its coordinator, and the words beside it. */
export interface Told extends Position {
  metadata: string | null
}

interface FetchAnswer {
  errorCode: number
  responses: {
    topic: string
    partitions: { partition: number; offset: string; metadata: string | null; errorCode: number }[]
  }[]
}

const require = createRequire(import.meta.url)
const encodeFetch = require('kafkajs/src/protocol/requests/offsetFetch/v3/request') as (question: {
  groupId: string
  topics: { topic: string; partitions: { partition: number }[] }[]
}) => unknown
const { decode } = require('kafkajs/src/protocol/requests/offsetFetch/v3/response') as {
  decode(raw: Buffer): Promise<FetchAnswer>
}
const { createErrorFromCode } = require('kafkajs/src/protocol/error') as { createErrorFromCode(code: number): Error }

/** What a group has told of these partitions; nothing of those of which it told nothing. */
export async function toldOf(
  coordinator: ClusterBroker,
  groupId: string,
  partitions: readonly { topic: string; partition: number }[],
): Promise<Told[]> {
  const request = encodeFetch({ groupId, topics: byTopic(partitions, ({ partition }) => ({ partition })) })
  const { errorCode, responses } = await coordinator.connectionPool.send({
    request,
    response: { decode, parse: async (answer: FetchAnswer) => answer },
  })
  if (errorCode !== 0) throw createErrorFromCode(errorCode)
  return responses.flatMap(({ topic, partitions: answered }) =>
    answered.flatMap(({ partition, offset, metadata, errorCode: code }) => {
      if (code !== 0) throw createErrorFromCode(code)
      return Number(offset) < 0 ? [] : [{ topic, partition, offset: Number(offset), metadata }]
    }),
  )
}

/** Tell positions as nobody in particular, which a group without members accepts. */
export async function tell(coordinator: ClusterBroker, groupId: string, told: readonly Told[]): Promise<void> {
  const topics = byTopic(told, ({ partition, offset, metadata }) => ({ partition, offset: String(offset), metadata }))
  await coordinator.offsetCommit({ groupId, groupGenerationId: -1, memberId: '', retentionTime: -1, topics })
}
