import type { ClusterBroker } from './client.ts'
import type { Request } from './produce/requests.ts'
import { Cursor } from './produce/wire.ts'

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
