import { createLearner } from '../../src/learner/create-learner.ts'
import type { Backend } from '../../src/nn/backend.ts'
import type { PipelineDefinition } from '../../src/records/definition.ts'
import type { Recommendation } from '../../src/records/recommendation.ts'
import { type SmallEvent, toBlocks } from './interest-stream.ts'

/** The same events, but whoever has got a list by then takes its first item, and the event says that it answers the list. */
export function answeredEvents(
  events: readonly SmallEvent[],
  { definition, backend, shortLength }: { definition: PipelineDefinition; backend: Backend; shortLength: number },
): SmallEvent[] {
  const learner = createLearner({ definition, backend })
  const newest = new Map<string, Recommendation>()
  const answered: SmallEvent[] = []
  for (const [k, event] of events.entries()) {
    const list = newest.get(event.user)
    const { items, recommendationId } = list ?? {}
    answered.push(
      items === undefined ? event : { ...event, item: items[0]!.itemId, recommendationId: recommendationId! },
    )
    const [block] = toBlocks(answered, { shortLength, size: k + 1 })
    for (const made of learner.consume(block!, k, k + 1).recommendations) newest.set(made.userId, made)
  }
  learner.dispose()
  return answered
}
