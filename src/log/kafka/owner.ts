import { RecstreamError } from '../../errors.ts'

/**
 * Who works on a pipeline through a log, and where that is written down: beside the position that a group tells of a
 * partition of a topic. A process that is shut out finds there who did it.
 */
export interface Owner {
  /** The producer's id that only one run may have at a time. */
  producer: string
  group: string
  topic: string
  /** One that the group tells of. */
  partition: number
  /** The same for all processes of one run, also for those that are started again. */
  run: string
  /** This run had the producer before: it does not take it from a run that began later. */
  held: boolean
  /** What people know the run by. */
  host: string
  process: number
  folder: string
  /** When it began, ISO 8601. */
  since: string
  /** It takes the producer from whoever has it, and whoever has lost it so follows: they are one another's standby. */
  standby?: boolean
  /** The producer is ours. */
  onHeld?: () => void
}

export type RunWords = Pick<Owner, 'run' | 'host' | 'process' | 'folder' | 'since' | 'standby'>

/** A broker keeps 4096 bytes beside a position. */
const longestFolder = 600

/** What is written beside the position. */
export function wordsOf({ run, host, process, folder, since, standby }: RunWords): string {
  const place = { host: host.slice(0, 200), process, folder: folder.slice(-longestFolder) }
  return JSON.stringify({ run, ...place, since, ...(standby ? { standby } : {}) })
}

/** Whose run such words are about, if it is not this one. */
export function otherRun(metadata: string | null | undefined, run: string): RunWords | null {
  try {
    const words = JSON.parse(metadata ?? '') as RunWords
    return typeof words?.run === 'string' && words.run !== run ? words : null
  } catch {
    return null
  }
}

/** Why a run cannot have its producer any more: LED_ELSEWHERE where it or whoever has it now is a standby, else TAKEN_OVER. */
export function takenOver(
  { producer, standby }: Pick<Owner, 'producer' | 'standby'>,
  { host, process, folder, since, standby: byStandby }: RunWords,
): RecstreamError {
  const who = `the run that process ${process} began on ${host} at ${since} with the data folder ${folder}`
  if (standby || byStandby)
    return new RecstreamError(
      'LED_ELSEWHERE',
      `${producer} was taken over by ${byStandby ? `its standby, ${who}` : who}; this one follows it, and stands by in its turn.`,
    )
  return new RecstreamError(
    'TAKEN_OVER',
    `${producer} was taken over by ${who}; this run ends. Stop that one before you start here again, or give one of the two pipelines another name.`,
  )
}
