import { createSchemaRegistry } from '../../codec/registry.ts'
import { RecstreamError } from '../../errors.ts'
import { openKafkaLog } from '../../log/kafka/kafka-log.ts'
import type { Connection } from '../../run/messages.ts'
import { scrub } from '../scrub.ts'
import { type Finding, ok, problem } from './finding.ts'

/** Whether the brokers answer to this client. */
export async function checkBrokers({ brokers = [], ssl, sasl }: Connection): Promise<Finding> {
  const names = brokers.join(', ')
  try {
    const log = await openKafkaLog({
      brokers,
      ...(ssl === undefined ? {} : { ssl }),
      ...(sasl === undefined ? {} : { sasl }),
    })
    try {
      await log.ranges('recstream-doctor').catch(ifUnknown)
    } finally {
      await log.close()
    }
    return ok('brokers', `${names} answer`)
  } catch (error) {
    const advice = 'Check the addresses, --ssl and --sasl, and whether this machine may reach them.'
    return problem('brokers', scrub(error instanceof Error ? error.message : String(error)), advice)
  }
}

/** A topic that is not there is an answer all the same. */
function ifUnknown(error: unknown): void {
  if (!(error instanceof RecstreamError && error.code === 'TOPIC_UNKNOWN')) throw error
}

/** Whether the schema registry answers. */
export async function checkRegistry(address: string): Promise<Finding> {
  try {
    await createSchemaRegistry(address).schema(1)
    return ok('registry', `${scrub(address)} answers`)
  } catch (error) {
    return problem('registry', scrub(error instanceof Error ? error.message : String(error)))
  }
}
