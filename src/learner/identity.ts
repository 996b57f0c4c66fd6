import type { PipelineDefinition } from '../records/definition.ts'

/** The settings that a learner's state is bound to: with others the same state means something else or does not fit. */
export function learnerIdentity(definition: PipelineDefinition): Record<string, unknown> {
  const { name, learn, recommend, window, scale, arms, plan } = definition
  const { seed, blockSize, hiddenSize, shortSize, replayCapacity, checkpointEvery, maxUsers, maxItems } = learn
  const { stack, factors, history, neighbourPairs, watchWeights, longInterest, shortInterest } = learn
  return {
    // Raised whenever the arrays of a checkpoint change their number, shape or meaning.
    format: 6,
    pipeline: name,
    ...{ seed, blockSize, hiddenSize, shortSize, replayCapacity, checkpointEvery, maxUsers, maxItems },
    ...{ stack, factors, history, neighbourPairs, watchWeights, longInterest, shortInterest },
    ...{ followers: recommend.followers, recent: recommend.recent, easeItems: recommend.easeItems },
    shortLength: window.shortLength,
    scale,
    // What a pipeline without agents that plan and without rivals learned before there were any is good still.
    ...(arms.length === 1 && arms[0]!.policy === 'champion'
      ? {}
      : { arms: arms.map(({ share: _, ...arm }) => arm), plan, listLength: recommend.length }),
  }
}

/** The first setting in which two identities differ, as "name (theirs, ours)"; null when they agree. */
export function identityDifference(theirs: Record<string, unknown>, ours: Record<string, unknown>): string | null {
  for (const key of Object.keys({ ...ours, ...theirs })) {
    const [a, b] = [JSON.stringify(theirs[key]), JSON.stringify(ours[key])]
    if (a !== b) return `${key} (${a} there, ${b} here)`
  }
  return null
}
