import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs'
import { createClient } from '../../src/log/kafka/client.ts'
import { until } from '../promises/command.ts'
import type { TestBroker } from './brokers.ts'

/** What the broker's one user may do with one topic, group or id: all but these operations, or nothing. */
export interface Rule {
  resource: 'TOPIC' | 'GROUP' | 'TRANSACTIONAL_ID' | 'CLUSTER'
  name: string
  denied: (keyof typeof AclOperationTypes)[]
}

/** Do something while these rules hold for the user of the secure listeners; everything else is allowed. */
export async function withRules<T>(
  { brokers, secure }: TestBroker,
  rules: readonly Rule[],
  work: () => Promise<T>,
): Promise<T> {
  const admin = createClient({ brokers }).admin()
  await admin.connect()
  const acl = rules.flatMap(({ resource, name, denied }) => {
    const of = {
      resourceType: AclResourceTypes[resource],
      resourceName: name,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: `User:${secure.username}`,
      host: '*',
    }
    const deny = denied.map(operation => ({
      ...of,
      operation: AclOperationTypes[operation],
      permissionType: AclPermissionTypes.DENY,
    }))
    return [...deny, { ...of, operation: AclOperationTypes.ALL, permissionType: AclPermissionTypes.ALLOW }]
  })
  try {
    await admin.createAcls({ acl })
    // The broker learns of them a moment after its controller.
    for (const rule of acl) {
      await until('a rule holds', async () => (await admin.describeAcls(rule)).resources.length > 0)
    }
    return await work()
  } finally {
    await admin.deleteAcls({ filters: acl })
    await admin.disconnect()
  }
}
