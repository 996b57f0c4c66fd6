import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TrialHead, TrialResult } from './experiment.ts'

/** A trial that is done, as it lies in its file. */
export interface FinishedTrial extends TrialHead {
  /** What the result depends on, as a SHA-256: the source's events, the settings, the seed. */
  identity: string
  /** SHA-256 of the program that made it. */
  program: string
  seconds: number
  result: TrialResult
}

/** Finished trials as files, one each. */
export interface TrialStore {
  /** The trial's file; null when there is none, or it is of another source, other settings or another format. */
  read(trial: TrialHead, identity: string): FinishedTrial | null
  /** Lands whole or not at all. */
  write(finished: FinishedTrial): void
  /** Forget all trials. */
  clear(): void
}

/**
 * Files of finished trials in a folder, `trials/<name>.json`.
 *
 *     const store = openTrialStore('.recstream/experiments/prequential-ml-100k')
 *     store.read(trial, identity) ?? (await run(trial))
 */
export function openTrialStore(folder: string): TrialStore {
  const place = join(folder, 'trials')
  const fileOf = (name: string) => join(place, `${name.replaceAll(/[^\p{L}\p{N}.=+-]+/gu, '-')}.json`)
  return {
    read(trial, identity) {
      try {
        const finished = JSON.parse(readFileSync(fileOf(trial.name), 'utf8')) as FinishedTrial
        return finished.identity === identity && finished.name === trial.name ? finished : null
      } catch {
        return null // not there, or damaged: it is run again either way
      }
    },
    write(finished) {
      mkdirSync(place, { recursive: true })
      const file = fileOf(finished.name)
      writeFileSync(`${file}.tmp`, JSON.stringify(finished))
      renameSync(`${file}.tmp`, file)
    },
    clear: () => rmSync(place, { recursive: true, force: true }),
  }
}
