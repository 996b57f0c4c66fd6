import type { SchemaRegistry } from '../codec/registry.ts'
import type { Connection } from '../run/messages.ts'

/** The schema registry of a connection, if it names one. */
export async function registryOf({ registry }: Connection): Promise<SchemaRegistry | undefined> {
  if (registry === undefined) return undefined
  const { createSchemaRegistry } = await import('../codec/registry.ts')
  return createSchemaRegistry(registry)
}
