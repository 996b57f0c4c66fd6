import { createSchemaRegistry } from '../../codec/registry.ts'
import { scrub } from '../../run/scrub.ts'
import { type Finding, ok, problem } from './finding.ts'

/** Whether the schema registry answers. */
export async function checkRegistry(address: string): Promise<Finding> {
  try {
    await createSchemaRegistry(address).schema(1)
    return ok('registry', `${scrub(address)} answers`)
  } catch (error) {
    return problem('registry', scrub(error instanceof Error ? error.message : String(error)))
  }
}
