import type { BehaviourEvent, PipelineDefinition } from '../definition.ts'
import type { Reason } from '../reasons.ts'
import { impossibleTime, isDated } from './time.ts'

/** What a definition asks of an event by itself. */
export type AcceptedBy = Pick<PipelineDefinition, 'behaviours' | 'epoch' | 'value'> & {
  clean: Pick<PipelineDefinition['clean'], 'maxFutureMs'>
}

/**
 * The reason for which a pipeline rejects an event for what it says, or null; `written` is its record's own time, ms.
 *
 *     createEventCheck(definition)({ behaviour: 'veiw', … }, Date.now())   // 'unknown-behaviour'
 */
export function createEventCheck(definition: AcceptedBy): (event: BehaviourEvent, written: number) => Reason | null {
  const { epoch, value: range, clean } = definition
  const behaviours = new Set(definition.behaviours)
  return ({ behaviour, time, value }, written) => {
    if (!behaviours.has(behaviour)) return 'unknown-behaviour'
    if (impossibleTime(time) !== null || !isDated(written)) return 'impossible-time'
    if (time < epoch || time > written + clean.maxFutureMs) return 'impossible-time'
    if (value === null ? range.required : value < range.min || value > range.max) return 'value-out-of-range'
    return null
  }
}
