import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blocksOf } from '../src/lab/experiment/blocks.ts'
import { loadRatings } from '../src/lab/experiment/load-ratings.ts'
import { openCheckpoints } from '../src/learner/checkpoint.ts'
import { createLearner } from '../src/learner/create-learner.ts'
import { coldFiles, usersIn } from '../src/learner/users/cold-files.ts'
import { openBackend } from '../src/nn/backend.ts'
import { withSettings } from '../src/pipeline/settings.ts'
import { findPipeline } from '../src/run/find-pipeline.ts'
import { folderSize } from './folder-size.ts'
import type { Row } from './results.ts'

/**
 * The learner's memory with many users, so many of them in memory: they come in turn for one event at a time, a slice of them
 * after the other, so that what makes the events takes little room beside it.
 */
export async function benchScale(
  { users, items, room }: { users: number; items: number; room: number },
  say: (line: string) => void,
): Promise<Row[]> {
  const definition = withSettings(await findPipeline('generated'), {
    'learn.maxUsers': room,
    'learn.maxItems': items,
    'learn.checkpointEvery': 1_000_000_000,
    // A first event always gives rise to a list: make it a cheap one.
    'recommend.length': 1,
    'recommend.candidates': 1,
  })
  const backend = await openBackend()
  const folder = mkdtempSync(join(tmpdir(), 'recstream-bench-'))
  const cold = coldFiles({ folder: usersIn(folder) })
  const learner = createLearner({ definition, backend, cold })
  let highest = 0
  const look = () => {
    highest = Math.max(highest, process.memoryUsage().rss / 2 ** 20)
  }
  try {
    let seconds = 0
    const slice = Math.min(users, 50_000)
    for (let from = 0, number = 0; from < users; from += slice) {
      const source = `events=${slice},users=${slice},items=${items},session=0,seed=${1 + from / slice}`
      const ratings = await loadRatings(definition, source)
      const started = performance.now()
      for (const block of blocksOf(ratings, definition)) {
        for (const user of block.users) user.id = `${from}-${user.id}`
        for (let k = 0; k < block.sequence.length; k++) block.sequence[k] = ++number
        learner.consume(block, 0, block.sequence.length)
      }
      seconds += (performance.now() - started) / 1000
      look()
      say(`${number.toLocaleString('en')} users, ${Math.round(highest)} MiB`)
    }
    const learning = highest
    const state = learner.save()
    look()
    await openCheckpoints({ folder, definition, onDamaged: say, users: cold }).write(state, 0)
    look()
    return [
      {
        what: `one event each of ${users.toLocaleString('en')} users, ${Math.min(users, room).toLocaleString('en')} of them in memory, ${items.toLocaleString('en')} items`,
        value: users / seconds,
        unit: 'events/s',
      },
      { what: '– resident memory of the learner', value: learning, unit: 'MiB' },
      { what: '– while a checkpoint is written', value: highest, unit: 'MiB' },
      { what: '– the checkpoint', value: folderSize(folder) - folderSize(usersIn(folder)), unit: 'MiB' },
      { what: '– users on disk', value: folderSize(usersIn(folder)), unit: 'MiB' },
    ]
  } finally {
    learner.dispose()
    cold.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
