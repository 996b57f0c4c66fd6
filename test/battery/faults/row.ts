import type { Scene } from './scene.ts'

/** What was done to a run, and how much of it left everything as it should be. */
export interface Tried {
  tried: number
  held: number
  /** What differs, a line each; empty where everything held. */
  differences: string[]
  /** What was measured, whether it held or not. */
  measured?: string
}

/** One run, or one thing that is done: what a stop of the battery loses. */
export interface Trial {
  name: string
  /** Faults that it tries; as many count as failed when it throws. */
  count: number
  run(scene: Scene): Promise<Tried>
}

/** One kind of fault. */
export interface Row {
  name: string
  what: string
  /** How many times it is to be tried in a whole run. */
  wanted: number
  trials: readonly Trial[]
  /** Where `npm test` tries some of it. */
  slice: readonly string[]
  needs?: 'kafka' | 'small-disk'
  /** It times what a busy machine makes slow, so nothing else is tried meanwhile; or it mostly waits, beside all others. */
  when?: 'alone' | 'beside'
}

/** Trials spread evenly over a row's: of a row at least one. */
export function shareOf<T>(trials: readonly T[], share: number): T[] {
  const count = Math.min(trials.length, Math.max(1, Math.ceil(trials.length * share)))
  return Array.from({ length: count }, (_, k) => trials[Math.floor((k * trials.length) / count)]!)
}

/** A trial of one fault that holds when it returns nothing that differs. */
export function trialOf(name: string, differences: (scene: Scene) => Promise<readonly string[]>): Trial {
  return {
    name,
    count: 1,
    async run(scene) {
      const found = [...(await differences(scene))]
      return { tried: 1, held: found.length === 0 ? 1 : 0, differences: found }
    },
  }
}

/** The same trial so many times, each with its number, from 1 on. */
export function repeated(times: number, trial: (number: number) => Trial): Trial[] {
  return Array.from({ length: times }, (_, k) => trial(k + 1))
}
