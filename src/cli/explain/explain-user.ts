import { RecstreamError } from '../../errors.ts'
import { openCheckpoints } from '../../learner/checkpoint.ts'
import { createLearner } from '../../learner/create-learner.ts'
import { type BackendName, openBackend } from '../../nn/backend.ts'
import { withSettings } from '../../pipeline/settings.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import { noCheckpointYet } from '../models/kept-state.ts'
import { writeLines } from '../print/write-lines.ts'
import { explanationText } from './explanation-text.ts'
import { newestList } from './newest-list.ts'

export interface ExplainOptions extends CommonOptions {
  pipeline?: string
  items: number
  set: Record<string, string>
  backend?: BackendName
}

/** Print why a user's newest list is what it is. */
export async function explainUser(userId: string, options: ExplainOptions): Promise<void> {
  const { name, layout } = await choosePipeline(options.pipeline, options.data)
  const definition = withSettings(await findPipeline(options.pipeline ?? name), options.set)
  const list = await newestList(layout, userId, definition.window.shortLength)
  const checkpoints = openCheckpoints({
    folder: layout.checkpoints,
    definition,
    onDamaged: message => process.stderr.write(`${message}\n`),
  })
  const newest = await checkpoints.newest()
  if (newest === null) throw noCheckpointYet()
  const learner = createLearner({ definition, backend: await openBackend(options.backend) })
  learner.restore(newest.state)
  const items = list.items.slice(0, options.items)
  const itemIds = items.map(({ itemId }) => itemId)
  const explanation = learner.explain({ block: list.block, userId, time: list.time, itemIds })
  learner.dispose()
  if (explanation === null) {
    throw new RecstreamError('CONFIG_INVALID', `The learner has forgotten the user "${userId}" (learn.maxUsers).`)
  }
  const { time, modelVersion, policy } = list
  const explained = { pipeline: name, userId, time, policy, modelVersion, explainedBy: learner.sequences }
  await writeLines([
    options.json
      ? JSON.stringify({
          ...explained,
          ...explanation,
          items: explanation.items.map(each => ({ ...listed(each.itemId), ...each })),
        })
      : explanationText({ ...explained, list: items, explanation, titles: list.titles, scale: definition.scale }),
  ])

  function listed(itemId: string) {
    return items.find(each => each.itemId === itemId)
  }
}
