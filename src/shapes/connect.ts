/** Whether a value is what Kafka Connect's JsonConverter writes with its schemas. */
export function isConnect(value: unknown): value is { schema: unknown; payload: unknown } {
  if (typeof value !== 'object' || value === null || !('schema' in value) || !('payload' in value)) return false
  const { schema } = value
  return (schema === null || (typeof schema === 'object' && 'type' in schema)) && Object.keys(value).length === 2
}

/**
 * What stands in the envelope of Kafka Connect's JsonConverter (`schemas.enable`, its default): the payload. Any other value
 * is given back as it is.
 *
 *     connectPayload({ schema: { type: 'struct', fields: [] }, payload: { id: 5 } })   // { id: 5 }
 *     connectPayload({ id: 5 })                                                        // { id: 5 }
 */
export function connectPayload(value: unknown): unknown {
  return isConnect(value) ? value.payload : value
}
