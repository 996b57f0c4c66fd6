import type { SchemaRegistry } from '../../codec/registry.ts'
import type { BehaviourEvent, PipelineDefinition, UserProfile } from '../../records/definition.ts'
import { type Collector, createEventCollector, createProfileCollector, type Tombstone } from '../collect/collect.ts'

/** What tells of whom a record of an input topic is. */
export interface Collectors {
  event: Collector<BehaviourEvent>
  profile: Collector<UserProfile | Tombstone>
}

export function collectorsOf({ decode = {} }: PipelineDefinition, registry: SchemaRegistry | undefined): Collectors {
  const given = registry === undefined ? {} : { registry }
  return {
    event: createEventCollector({ ...given, decode: decode.event }),
    profile: createProfileCollector({ ...given, decode: decode.profile }),
  }
}
