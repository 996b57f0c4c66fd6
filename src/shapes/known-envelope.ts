import { connectPayload, isConnect } from './connect.ts'
import { isDebezium } from './debezium.ts'

/**
 * Which known envelope a value is, as the beginning of a sentence, and the function that opens it; null for none.
 *
 *     knownEnvelope({ schema: { type: 'struct' }, payload: {} })   // { name: 'Kafka Connect’s JSON with a schema', opens: 'connectPayload' }
 */
export function knownEnvelope(value: unknown): { name: string; opens: string } | null {
  const inner = connectPayload(value)
  if (isDebezium(inner) || isFlattened(inner)) return { name: 'a change of Debezium', opens: 'debeziumChange' }
  if (isConnect(value)) return { name: 'Kafka Connect’s JSON with a schema', opens: 'connectPayload' }
  return null
}

function isFlattened(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('__op' in value || '__deleted' in value)
}
