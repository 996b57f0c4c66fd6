import type { ClusterBroker } from './client.ts'
import type { Request, RequestKind } from './produce/requests.ts'
import { Cursor } from './produce/wire.ts'

/** Whether a broker takes a request of this version; it hangs up on whoever asks it for what it does not know. */
export function takes({ versions }: Pick<ClusterBroker, 'versions'>, { key, version }: RequestKind): boolean {
  const range = versions?.[key]
  return range !== undefined && range.minVersion <= version && version <= range.maxVersion
}

/** Send a request that is encoded here over kafkajs's connection to a broker. */
export function askBroker<Answer>(
  broker: Pick<ClusterBroker, 'connectionPool'>,
  { key, version, name, body, read }: Request<Answer>,
): Promise<Answer> {
  return broker.connectionPool.send({
    request: { apiKey: key, apiVersion: version, apiName: name, encode: async () => ({ buf: body, buffer: body }) },
    response: { decode: async (raw: Buffer) => new Cursor(raw), parse: async (answer: Cursor) => read(answer) },
    logResponseError: false,
  })
}
