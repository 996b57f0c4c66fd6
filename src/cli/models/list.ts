import { keptVersions } from '../../learner/checkpoint.ts'
import { count } from '../../records/words.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import { table } from '../print/table.ts'
import { writeLines } from '../print/write-lines.ts'
import { newestVersions } from './known-versions.ts'

export interface ListOptions extends CommonOptions {
  pipeline?: string
  newest: number
}

/** Print the newest versions: one line each, one column for every policy's first score. */
export async function listModels(options: ListOptions): Promise<void> {
  const { name, layout } = await choosePipeline(options.pipeline, options.data)
  const versions = await newestVersions(layout, options.newest)
  const kept = new Set(await keptVersions(layout.checkpoints))
  if (options.json) {
    await writeLines([JSON.stringify(versions.map(each => ({ ...each, checkpoint: kept.has(each.version) })))])
    return
  }
  if (versions.length === 0) {
    await writeLines([`${name} has published no version yet; the first comes after learn.checkpointEvery events.`])
    return
  }
  const policies = [...new Set(versions.flatMap(({ scores }) => scores.map(({ policy }) => policy)))]
  const metric = versions[0]!.scores[0]?.metric ?? ''
  const rows = versions.map(version => [
    count(version.version),
    count(version.step),
    version.champion,
    ...policies.map(policy => {
      const score = version.scores.find(each => each.policy === policy && each.metric === metric)
      return score === undefined ? '–' : score.value.toFixed(4)
    }),
    version.weightsSha256.slice(0, 12),
    kept.has(version.version) ? 'yes' : '',
  ])
  const headings = ['version', 'steps', 'serves', ...policies, 'weights', 'checkpoint']
  await writeLines([
    table(headings, rows, { right: [0, 1, ...policies.map((_, at) => at + 3)] }),
    `\nPolicies by ${metric} over all events up to the version. \`recstream models compare <first> <second>\` shows more.`,
  ])
}
