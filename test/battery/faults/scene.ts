import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type RunningBroker, startBroker } from '../../../src/log/kafka/broker.ts'
import { ownPipeline } from '../../promises/own-pipeline.ts'
import { type Outcome, undisturbed } from '../../promises/twins.ts'

/** What trials share: the build that is tried, a broker, and runs to which nothing happens. */
export interface Scene {
  /** Another folder for each trial, removed after it. */
  folder: string
  /** The build that is tried: a copy, so that a new build does not disturb a long run. */
  dist: string
  /** The broker of all trials that leave it alone, started when first asked for. */
  brokers(): Promise<string[]>
  /** Names of pipelines that no other trial has, so that all may use one broker. */
  name(word: string): string
  /** What several trials need, made once, in a folder that stays as long as the battery runs. */
  once<T>(what: string, make: (folder: string) => Promise<T>): Promise<T>
  /** What made-up viewers leave in one partition of the embedded log when nothing happens, made once. */
  twin(run: { source: string; settings: readonly string[] }): Promise<Outcome>
}

export interface Stage {
  scene(): Scene
  close(): Promise<void>
}

const twinName = 'twin-of-all'

/** Everything under one folder, which goes when the stage is closed. */
export function openStage(folder: string, dist: string): Stage {
  let starting: Promise<RunningBroker> | undefined
  let names = 0
  const made = new Map<string, Promise<unknown>>()
  const scratch = (word: string) => mkdtempSync(join(folder, `${word}-`))
  function once<T>(what: string, make: (folder: string) => Promise<T>): Promise<T> {
    const known = made.get(what)
    if (known !== undefined) return known as Promise<T>
    const making = make(scratch('once'))
    made.set(what, making)
    // Whoever wants it next tries again.
    making.catch(() => made.delete(what))
    return making
  }
  return {
    scene: () => ({
      folder: scratch('trial'),
      dist,
      async brokers() {
        starting ??= startBroker({ folder: scratch('kafka') })
        return (await starting).brokers
      },
      name: word => `${word}-${process.pid}-${++names}`,
      once,
      twin: run =>
        once(`twin ${JSON.stringify(run)}`, own => {
          const pipeline = ownPipeline(own, twinName, 'generated', dist)
          return undisturbed({ ...run, name: twinName, pipeline, data: join(own, 'data'), dist })
        }),
    }),
    async close() {
      await (await starting?.catch(() => undefined))?.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
