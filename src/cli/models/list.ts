import { keptSizes } from '../../learner/checkpoint.ts'
import { indexByArm } from '../../records/index-weights.ts'
import { armScores } from '../../records/served-scores.ts'
import { bytes, count } from '../../records/words.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import { table } from '../print/table.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import { type KnownVersion, newestVersions } from './known-versions.ts'

export interface ListOptions extends CommonOptions {
  pipeline?: string
  newest: number
}

/** Print the newest versions: one line each, one column for every policy's first score. */
export async function listModels(options: ListOptions): Promise<void> {
  const { name, layout } = await choosePipeline(options.pipeline, options.data)
  const versions = await newestVersions(layout, options.newest)
  const kept = new Map((await keptSizes(layout.checkpoints)).map(each => [each.version, each.bytes]))
  if (options.json) {
    const shown = versions.map(each => ({
      ...each,
      served: armScores(each.served),
      index: indexByArm(each.index),
      checkpoint: kept.has(each.version),
      checkpointBytes: kept.get(each.version) ?? null,
    }))
    await writeLines([jsonLine(shown)])
    return
  }
  if (versions.length === 0) {
    await writeLines([`${name} has published no version yet; the first comes after learn.checkpointEvery events.`])
    return
  }
  const arms = [...new Set(versions.flatMap(({ served }) => served.map(({ arm }) => arm)))]
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
    ...arms.map(arm => {
      const score = version.served.find(each => each.arm === arm && each.span === 'all')
      return score === undefined || score.events === 0 ? '–' : score.hr10.toFixed(4)
    }),
    version.weightsSha256.slice(0, 12),
    kept.has(version.version) ? bytes(kept.get(version.version)!) : '',
  ])
  const lists = arms.map(arm => (arms.length === 1 ? 'lists' : `lists of ${arm}`))
  const headings = ['version', 'steps', 'serves', ...policies, ...lists, 'weights', 'checkpoint']
  await writeLines([
    table(headings, rows, { right: [0, 1, ...[...policies, ...lists].map((_, at) => at + 3)] }),
    `\nPolicies by ${metric}, lists by HR@10, over all events up to the version. \`recstream models compare <first> <second>\` shows more.`,
    ...indexTables(versions),
  ])
}

/** How the weights of each arm's index moved, newest first. */
function indexTables(versions: readonly KnownVersion[]): string[] {
  const arms = [...new Set(versions.flatMap(({ index }) => index.map(({ arm }) => arm)))]
  return arms.flatMap(arm => {
    const own = versions.flatMap(({ version, index }) => {
      return index.filter(each => each.arm === arm).map(each => ({ version, ...each }))
    })
    const features = own[0]!.weights.map(({ feature }) => feature)
    const rows = own.map(({ version, serves, weights }) => [
      count(version),
      ...weights.map(({ weight }) => weight.toFixed(3)),
      serves ? 'yes' : 'no, the rating alone',
    ])
    const right = [0, ...features.map((_, at) => at + 1)]
    const headings = ['version', ...features, 'serve']
    return [
      `\nWeights of the index by which ${arm} ranks, without the noise of exploration:`,
      table(headings, rows, { right }),
    ]
  })
}
