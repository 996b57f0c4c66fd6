import { readCheckpoint } from '../../learner/checkpoint.ts'
import { networkWeights } from '../../learner/network-weights.ts'
import { indexScores } from '../../records/index-weights.ts'
import { listScores } from '../../records/served-scores.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import { table } from '../print/table.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import { type KnownVersion, namedVersions } from './known-versions.ts'

export interface CompareOptions extends CommonOptions {
  pipeline?: string
}

/** Print two versions side by side. */
export async function compareModels(first: number, second: number, options: CompareOptions): Promise<void> {
  const { layout } = await choosePipeline(options.pipeline, options.data)
  const [a, b] = (await namedVersions(layout, [first, second])) as [KnownVersion, KnownVersion]
  const [before, after] = [a, b].map(({ scores, served, index, sequences }) => [
    ...scores,
    ...served.flatMap(listScores),
    ...index.flatMap(each => indexScores(each, sequences)),
  ])
  const scores = before!.map(({ policy, metric, value }) => {
    const other = after!.find(each => each.policy === policy && each.metric === metric)?.value ?? null
    return { policy, metric, first: value, second: other, difference: other === null ? null : other - value }
  })
  const weights = await movedWeights(layout.checkpoints, first, second)
  if (options.json) {
    const sameWeights = a.weightsSha256 === b.weightsSha256
    await writeLines([jsonLine({ first: head(a), second: head(b), sameWeights, scores, weights })])
    return
  }
  const number = (value: number | null) => value?.toFixed(4) ?? '–'
  const signed = (value: number | null) => (value === null ? '–' : `${value > 0 ? '+' : ''}${value.toFixed(4)}`)
  const lines = [
    table(
      ['policy', 'metric', String(first), String(second), 'difference'],
      scores.map(each => [each.policy, each.metric, number(each.first), number(each.second), signed(each.difference)]),
      { right: [2, 3, 4] },
    ),
    `\n${first} serves ${a.champion}, ${second} serves ${b.champion}; scores cover all events up to each version.`,
  ]
  if (weights === null)
    lines.push('How far weights moved is known only while both checkpoints are kept (learn.checkpointsKept).')
  else {
    const rows = weights.map(each => [each.name, each.shape.join(' × '), `${(100 * each.moved).toFixed(1)}%`])
    lines.push('', table(['weights', 'shape', 'moved'], rows, { right: [2] }))
    lines.push('\nMoved: length of the difference as a share of the length of the first.')
  }
  await writeLines(lines)
}

const head = ({ scores: _, served: __, index: ___, ...rest }: KnownVersion) => rest

interface Moved {
  name: string
  shape: readonly number[]
  moved: number
}

/** How far each weight moved between two versions; null when one of the checkpoints is gone. */
async function movedWeights(folder: string, first: number, second: number): Promise<Moved[] | null> {
  const [a, b] = [await readCheckpoint(folder, first), await readCheckpoint(folder, second)]
  if (a === null || b === null) return null
  const after = networkWeights(b)
  return networkWeights(a).map(({ name, shape, values }, at) => {
    const others = after[at]!.values
    let length = 0
    let distance = 0
    for (let k = 0; k < values.length; k++) {
      length += values[k]! ** 2
      distance += (others[k]! - values[k]!) ** 2
    }
    return { name, shape, moved: Math.sqrt(distance / Math.max(length, 1e-12)) }
  })
}
