import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { layoutOf } from '../../src/run/layout.ts'
import { killAll, recstream, root, until } from '../promises/command.ts'
import { outcomeOf, startArguments } from '../promises/twins.ts'
import { argumentsOf, crowd, personNamed, placesOf, plant } from './faults/rows/forget.ts'

test('a key that is lost while somebody is forgotten: starts are refused, until it is given up and they are forgotten anew', async () => {
  const folder = mkdtempSync(join(root, '.crash-forget-'))
  const points = join(folder, 'points')
  mkdirSync(points)
  const scene = { folder, dist: join(root, 'dist'), name: (word: string) => word, brokers: async () => [] }
  const run = await crowd(scene, { kafka: false, partitions: 1 })
  const { forgetKey, runLog } = layoutOf(run.data, run.name)
  const start = () => recstream(startArguments(run)).ended
  const forget = (...words: string[]) => recstream(['forget', ...words, ...argumentsOf(run), '--json']).ended
  const [ann, eve] = [personNamed(1), personNamed(2)]
  try {
    const [, ...place] = argumentsOf(run)
    await recstream(['import', ...place, '--source', 'events=600,users=10,items=30']).ended
    await plant(run, [ann, eve])
    expect((await start()).code).toBe(0)
    // What a function of the module threw names whom it failed on.
    expect(readFileSync(runLog, 'utf8')).toContain(ann)
    expect((await forget(ann, '--reason', `${ann} asked`)).stderr).toContain('The reason names the person')
    expect((await forget(ann)).code).toBe(0)
    expect((await start()).code).toBe(0)
    expect(readFileSync(runLog, 'utf8')).not.toContain(ann)

    // On the embedded log nothing needs the key of who is forgotten.
    rmSync(forgetKey)
    expect((await start()).code).toBe(0)
    expect(existsSync(forgetKey)).toBe(false)

    writeFileSync(join(points, 'learn.command.before.hold'), '')
    const command = recstream(
      startArguments(run).filter(word => word !== '--until-idle'),
      { env: { RECSTREAM_FAILPOINTS: points } },
    )
    await until('it is ready', () => /Ready: /.test(command.said()), 240_000)
    const waiting = recstream(['forget', eve, ...argumentsOf(run)])
    await until('the learner stands still', () => existsSync(join(points, 'learn.command.before.held')), 240_000)
    expect((await forget('--key-lost')).stderr).toContain('ALREADY_RUNNING')
    killAll(command)
    await until(
      'it says that nothing runs',
      () => /It waits: the pipeline is not running/.test(waiting.said()),
      240_000,
    )
    waiting.child.kill('SIGKILL')
    rmSync(forgetKey)

    const refused = await start()
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/FORGET_KEY_MISSING.*without it they could/),
    ])
    expect((await forget(eve)).stderr).toContain('FORGET_KEY_MISSING')
    // No other key was made meanwhile.
    expect(existsSync(forgetKey)).toBe(false)
    expect(JSON.parse((await forget('--key-lost')).stdout)).toEqual({ pipeline: run.name, givenUp: 2 })
    expect((await forget(eve)).code).toBe(0)
    const outcome = await outcomeOf(run, await start())
    for (const person of [ann, eve]) expect(placesOf(person, run.data, outcome)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
