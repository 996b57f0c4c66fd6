import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Part, partsWords } from '../../records/part.ts'
import { bytes, count, plural } from '../../records/words.ts'
import { askParts } from '../../run/ask-parts.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import { type IngestStatus, ingestTogether } from '../../run/ingest-status.ts'
import type { Connection } from '../../run/messages.ts'
import type { ChosenPipeline } from '../choose-pipeline.ts'
import { problemOf } from '../report-error.ts'
import { refuseTooLong } from '../start/hold-pipeline.ts'
import { checkJoined } from './check-joined.ts'
import { checkLogFiles, checkWarehouses } from './check-kept.ts'
import { checkPartitions } from './check-partitions.ts'
import { checkPushed } from './check-pushed.ts'
import { checkRejected } from './check-rejected.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

const littleSpace = 1024 ** 3
const noSpace = 100 * 1024 ** 2

/** Whether the data folder can be written to and has room. */
export function checkDataFolder(data: string): Finding {
  const folder = resolve(data)
  try {
    refuseTooLong(folder)
  } catch (error) {
    return problem('data folder', problemOf(error).message)
  }
  let existing = folder
  while (!existsSync(existing)) existing = dirname(existing)
  if (!statSync(existing).isDirectory()) {
    return problem('data folder', `${existing} is a file.`, 'Choose another folder with --data.')
  }
  try {
    accessSync(existing, constants.W_OK)
  } catch {
    return problem('data folder', `${existing} cannot be written to.`, 'Choose another folder with --data.')
  }
  const { bavail, bsize } = statfsSync(existing)
  const free = bavail * bsize
  const room = `${folder}: ${bytes(free)} free`
  if (free < noSpace) return problem('data folder', room, 'Free some space, or choose another disk with --data.')
  if (free < littleSpace) return warning('data folder', room, 'A million events take about 300 MiB.')
  return ok('data folder', existing === folder ? room : `${room} (made at the first start)`)
}

/** Whether a pipeline runs, whether what it left behind is whole, and what its tables say of what came in. */
export async function checkPipeline(pipeline: ChosenPipeline, connection: Connection): Promise<Finding[]> {
  const running = await checkRunning(pipeline)
  // A start reads all of it, and holds it then.
  const kept = [
    ...(running.isStopped ? await checkLogFiles(pipeline) : []),
    ...(await checkWarehouses(pipeline, connection, running.stopped)),
  ]
  const found = [...running.findings, ...kept, ...(await checkCheckpoint(pipeline))]
  if (kept.some(({ state }) => state !== 'ok')) return found
  return [
    ...found,
    ...(await checkRejected(pipeline)),
    ...(await checkJoined(pipeline)),
    ...(await checkPartitions(pipeline)),
    ...(await checkPushed(pipeline)),
  ]
}

/** What runs of a pipeline's ingest here. */
interface Running {
  findings: Finding[]
  /** Nothing of it does. */
  isStopped: boolean
  /** The parts that are here and do not run. */
  stopped: Part[]
}

async function checkRunning({ name, layout }: ChosenPipeline): Promise<Running> {
  try {
    const parts = await askParts<IngestStatus>(layout, 'status')
    const stopped = parts.flatMap(({ answer, ...part }) => (answer === null ? [part] : []))
    const together = ingestTogether(parts)
    if (together === null) {
      const message = existsSync(layout.root) ? 'does not run now' : 'has never run here'
      return { findings: [ok(name, message), ...partsHereOf(name, parts)], isStopped: true, stopped }
    }
    const { log, sequence, recommendations } = together
    const kept = `${plural(sequence, 'event')} kept, ${plural(recommendations, 'list')}`
    const runs = ok(name, `runs on the ${log} log: ${kept}`)
    const some = stopped.length === 0 ? [] : [someStopped(name, stopped)]
    return { findings: [runs, ...partsHereOf(name, parts), ...some], isStopped: false, stopped }
  } catch (error) {
    const advice = 'If it goes on saying so, stop it and start it again.'
    return { findings: [warning(name, (error as Error).message, advice)], isStopped: false, stopped: [] }
  }
}

function someStopped(name: string, stopped: readonly Part[]): Finding {
  const which = partsWords(
    stopped.map(({ part }) => part),
    stopped[0]!.of,
  )
  const does = stopped.length === 1 ? 'does' : 'do'
  return warning(name, `Of its ingest ${which} ${does} not run here, while others do.`, 'Look into run.log for why.')
}

/** Which parts of several are here. */
function partsHereOf(name: string, here: readonly Part[]): Finding[] {
  const of = here[0]!.of
  if (of === 1) return []
  const numbers = here.map(({ part }) => part)
  const elsewhere = Array.from({ length: of }, (_, part) => part).filter(part => !numbers.includes(part))
  const all = `its ingest is in ${of} parts`
  if (elsewhere.length === 0) return [ok(name, `${all}, which are all here`)]
  const are = `${partsWords(numbers, of)} ${numbers.length === 1 ? 'is' : 'are'} here`
  return [ok(name, `${all}: ${are}; the others are on other hosts, or were never started`)]
}

async function checkCheckpoint({ name, layout }: ChosenPipeline): Promise<Finding[]> {
  if (!existsSync(layout.checkpoints)) return []
  const definition = await findPipeline(name).catch(() => null)
  if (definition === null) return [] // given by a module whose path is not known here
  const { openCheckpoints } = await import('../../learner/checkpoint.ts')
  const { coldFiles, usersIn } = await import('../../learner/users/cold-files.ts')
  const damaged: string[] = []
  try {
    const checkpoints = openCheckpoints({
      folder: layout.checkpoints,
      definition,
      onDamaged: message => damaged.push(message),
      // Only looked at.
      users: coldFiles({ folder: usersIn(layout.checkpoints) }),
    })
    const newest = await checkpoints.newest()
    const told = damaged.map(message => warning(name, message, 'Look at the health of the disk; nothing else to do.'))
    if (newest === null) return [...told, ok(name, 'has no checkpoint yet')]
    const what = `a checkpoint of ${bytes(newest.bytes)} that can be read`
    return [...told, ok(name, `has ${what}, taken at block ${count(newest.offset)} of interest-sequences`)]
  } catch (error) {
    return [problem(name, (error as Error).message)]
  }
}
