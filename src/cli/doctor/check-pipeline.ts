import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { bytes, count, plural } from '../../records/words.ts'
import { askControl } from '../../run/control.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import type { ChosenPipeline } from '../choose-pipeline.ts'
import { problemOf } from '../report-error.ts'
import { refuseTooLong } from '../start/hold-pipeline.ts'
import { checkJoined } from './check-joined.ts'
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

interface Status {
  log: string
  sequence: number
  recommendations: number
}

/** Whether a pipeline runs, whether what it left behind can be read, and whether much was rejected. */
export async function checkPipeline(pipeline: ChosenPipeline): Promise<Finding[]> {
  const found = [await checkRunning(pipeline), await checkCheckpoint(pipeline)].filter(finding => finding !== null)
  return [...found, ...(await checkRejected(pipeline)), ...(await checkJoined(pipeline))]
}

async function checkRunning({ name, layout }: ChosenPipeline): Promise<Finding> {
  try {
    const { log, sequence, recommendations } = await askControl<Status>(layout.control, 'status')
    return ok(name, `runs on the ${log} log: ${plural(sequence, 'event')} kept, ${plural(recommendations, 'list')}`)
  } catch (error) {
    const stopped = (error as { code?: string }).code === 'NOT_RUNNING'
    if (!stopped) return warning(name, (error as Error).message, 'If it goes on saying so, stop it and start it again.')
    return ok(name, existsSync(layout.root) ? 'does not run now' : 'has never run here')
  }
}

async function checkCheckpoint({ name, layout }: ChosenPipeline): Promise<Finding | null> {
  if (!existsSync(layout.checkpoints)) return null
  const definition = await findPipeline(name).catch(() => null)
  if (definition === null) return null // given by a module whose path is not known here
  const { openCheckpoints } = await import('../../learner/checkpoint.ts')
  const damaged: string[] = []
  try {
    const checkpoints = openCheckpoints({
      folder: layout.checkpoints,
      definition,
      onDamaged: message => damaged.push(message),
    })
    const newest = await checkpoints.newest()
    if (damaged.length > 0) {
      return warning(name, damaged.join(' '), 'The one before it is used, or learning begins anew from the log.')
    }
    if (newest === null) return ok(name, 'has no checkpoint yet')
    return ok(name, `has a checkpoint that can be read, taken at block ${count(newest.offset)} of interest-sequences`)
  } catch (error) {
    return problem(name, (error as Error).message)
  }
}
