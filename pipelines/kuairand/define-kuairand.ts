import { definePipeline, type PipelineDefinition, type PipelineInput } from '../../src/index.ts'
import { readKuaiRand } from './read-kuairand.ts'

/**
 * A pipeline on KuaiRand-Pure; what differs from one to the next is what counts as a reward.
 *
 *     defineKuaiRand({ name: 'kuairand-like', reward: ({ properties }) => properties['like'] ?? 0, … })
 */
export function defineKuaiRand(
  input: Pick<PipelineInput, 'name' | 'description' | 'reward' | 'scale'>,
): PipelineDefinition {
  return definePipeline({
    ...input,
    // A short video is watched once.
    behaviours: { view: { again: 'never', target: true } },
    // The data set begins in April 2022.
    epoch: Date.UTC(2022, 3, 1),
    value: { min: 0, max: 3600, required: true },
    features: {
      // An author has hardly more than one video here: as a feature it would be the video's id once more.
      item: ({ attributes: { author: _, ...rest }, tags }) => [
        ...Object.entries(rest).map(([name, value]) => `${name}=${value}`),
        ...tags.map(tag => `tag=${tag}`),
      ],
      // The page of the app on which the video is shown; all other properties say how it was received.
      context: ({ properties: { tab } }) => (tab === undefined ? [] : [`tab=${tab}`]),
    },
    // Swiping fast, a person passes a video a second for a while.
    clean: { botLimit: 120, botWindowMs: 60_000 },
    // Beside the block itself four of replay: 25,000 people leave some nine events each, and a network wants more of them.
    learn: { batchesPerStep: 5 },
    source: { folder: 'pipelines/kuairand/data', read: readKuaiRand },
  })
}
