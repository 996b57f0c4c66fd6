import { existsSync } from 'node:fs'
import { RecstreamError } from '../../errors.ts'
import { openCheckpoints } from '../../learner/checkpoint.ts'
import { createLearner } from '../../learner/create-learner.ts'
import type { Explanation } from '../../learner/explain.ts'
import { replayList } from '../../learner/process/replay-list.ts'
import { type ColdFiles, coldFiles, usersIn } from '../../learner/users/cold-files.ts'
import { type BackendName, openBackend } from '../../nn/backend.ts'
import { withSettings } from '../../pipeline/settings.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import type { Connection } from '../../run/messages.ts'
import { scratchFolder } from '../../run/scratch-folder.ts'
import { type ChosenPipeline, choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { noCheckpointYet } from '../models/kept-state.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { progressBar } from '../print/progress-bar.ts'
import { jsonLine, say, writeLines } from '../print/write-lines.ts'
import { stopSignal } from '../stop-signal.ts'
import { explanationText } from './explanation-text.ts'
import { isExplored, type NewestList, newestList } from './newest-list.ts'

export interface ExplainOptions extends CommonOptions, ConnectionOptions {
  pipeline?: string
  items: number
  set: Record<string, string>
  backend?: BackendName
}

/** Sequences that are learned from again for an explanation: some tens of seconds. */
const worthwhile = 50_000

/** What is said of a list, and as of which version. */
interface Explained {
  explanation: Explanation
  explainedBy: number
  /** As of the moment when the list was made, rather than now. */
  exact: boolean
}

/** Print why a user's newest list is what it is. */
export async function explainUser(userId: string, connection: Connection, options: ExplainOptions): Promise<void> {
  const chosen = await choosePipeline(options.pipeline, options.data)
  const definition = withSettings(await findPipeline(options.pipeline ?? chosen.name), options.set)
  const list = await newestList(chosen.layout, userId, definition.window.shortLength)
  const reasons = { chosen, definition, userId, list, backend: options.backend }
  const { explanation, ...by } = (await asItWasMade(reasons, connection)) ?? (await asThingsStand(reasons))
  const items = list.items.slice(0, options.items)
  const { time, modelVersion, policy } = list
  const explained = { pipeline: chosen.name, userId, time, modelVersion, ...by }
  const of = (itemId: string) => items.find(each => each.itemId === itemId)!
  const itemsExplained = explanation.items.filter(({ itemId }) => of(itemId) !== undefined)
  await writeLines([
    options.json
      ? jsonLine({
          ...explained,
          ...explanation,
          policy,
          items: itemsExplained.map(each => ({ ...of(each.itemId), ...each, explored: isExplored(of(each.itemId)) })),
        })
      : explanationText({
          ...explained,
          ...{ policy, list: items, titles: list.titles, scale: definition.scale },
          explanation: { ...explanation, items: itemsExplained },
        }),
  ])
}

interface Reasons {
  chosen: ChosenPipeline
  definition: PipelineDefinition
  userId: string
  list: NewestList
  backend: BackendName | undefined
}

/** Nothing is written where the checkpoints are: another process may learn into that folder. */
const usersOf = ({ chosen }: Reasons) =>
  coldFiles({ folder: usersIn(chosen.layout.checkpoints), scratch: scratchFolder() })

const checkpointsOf = ({ chosen, definition }: Reasons, users: ColdFiles) =>
  openCheckpoints({ folder: chosen.layout.checkpoints, definition, onDamaged: say, users })

/** From the moment when the list was made; null where that cannot be had, or comes to another list. */
async function asItWasMade(reasons: Reasons, connection: Connection): Promise<Explained | null> {
  const { chosen, definition, list } = reasons
  // A pipeline on Kafka whose brokers are not named is explained from its folder alone.
  if (connection.brokers === undefined && !existsSync(chosen.layout.log)) return null
  const log = await openPipelineLog(chosen, connection)
  const users = usersOf(reasons)
  const learner = createLearner({ definition, backend: await openBackend(reasons.backend), cold: users })
  const bar = process.stderr.isTTY ? progressBar({ format: 'making the list again {bar} {value} of {total}' }) : null
  bar?.start(1, 0)
  try {
    const again = await replayList({
      ...{ name: chosen.name, parts: definition.parts, log, learner, checkpoints: checkpointsOf(reasons, users) },
      ...{ sequence: list.sequence, userId: reasons.userId, most: worthwhile, signal: stopSignal().stopped },
      onProgress: (done, total) => {
        bar?.setTotal(total)
        bar?.update(done)
      },
    })
    const same =
      again?.list.items.map(({ itemId }) => itemId).join('\n') === list.items.map(each => each.itemId).join('\n')
    if (again === null || !same) return null
    return { explanation: again.explanation, explainedBy: learner.sequences, exact: true }
  } finally {
    bar?.stop()
    learner.dispose()
    users.close()
    await log.close()
  }
}

/** By the newest checkpoint. */
async function asThingsStand(reasons: Reasons): Promise<Explained> {
  const { definition, list, userId } = reasons
  const users = usersOf(reasons)
  try {
    const newest = await checkpointsOf(reasons, users).newest()
    if (newest === null) throw noCheckpointYet()
    const learner = createLearner({ definition, backend: await openBackend(reasons.backend), cold: users })
    learner.restore(newest.state)
    const itemIds = list.items.map(({ itemId }) => itemId)
    const explanation = learner.explain({ block: list.block, userId, time: list.time, itemIds })
    learner.dispose()
    if (explanation === null) {
      throw new RecstreamError('CONFIG_INVALID', `The learner does not know the user "${userId}" any more.`)
    }
    return { explanation, explainedBy: learner.sequences, exact: false }
  } finally {
    users.close()
  }
}
