import { appendFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { KeptResults, type Result } from '../battery/faults/kept-results.ts'
import { minutesOf, reportOf } from '../battery/faults/report.ts'
import { type Row, shareOf, trialOf } from '../battery/faults/row.ts'
import { rows } from '../battery/faults/rows.ts'
import { runRows } from '../battery/faults/run-rows.ts'
import { openStage } from '../battery/faults/scene.ts'
import { root } from './command.ts'
import { inFolder } from './twins.ts'

const result = (trial: string, differences: string[] = []): Result => {
  return { row: 'kill', trial, tried: 3, held: differences.length === 0 ? 3 : 0, differences, seconds: 2 }
}
const rowOf = (...names: string[]): Row => {
  const trials = names.map(name => trialOf(name, async () => (name === 'fails' ? ['a row differs'] : [])))
  return { name: 'kill', what: '', wanted: names.length, slice: [], trials }
}

test('every row names tests of this suite that try some of it, and has trials enough', () => {
  for (const { name, slice, trials, wanted } of rows) {
    expect(slice.length, name).toBeGreaterThan(0)
    for (const file of slice) expect(existsSync(join(root, file)), `${name}: ${file}`).toBe(true)
    expect(new Set(trials.map(trial => trial.name)).size, name).toBe(trials.length)
    expect(
      trials.reduce((sum, { count }) => sum + count, 0),
      name,
    ).toBeGreaterThanOrEqual(wanted)
  }
})

test('a part of a row is spread over its trials, and is never nothing', () => {
  expect(shareOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.2)).toEqual([1, 6])
  expect(shareOf([1, 2, 3], 0.01)).toEqual([1])
  expect(shareOf([1, 2, 3], 1)).toEqual([1, 2, 3])
})

test('a battery that was stopped goes on with what was not tried, and one that fails says so', () =>
  inFolder(async folder => {
    const file = join(folder, 'results.jsonl')
    const stage = openStage(join(folder), folder)
    const said: string[] = []
    new KeptResults(file).keep({ ...result('one'), tried: 1, held: 1 })
    appendFileSync(file, '\n{"row":"kill","trial":"cut off by a ki')
    const kept = new KeptResults(file)
    const all = [rowOf('one', 'two', 'fails')]
    await runRows({ rows: all, kept, stage, say: line => said.push(line) })
    expect(said[0]).toBe('1 of 3 trials were made before; going on.')
    expect(said.filter(line => line.startsWith('['))).toHaveLength(2)
    expect(reportOf({ rows: all, kept: new KeptResults(file), build: 'b', share: 1 })).toMatchObject({
      held: false,
      rows: { kill: { wanted: 3, tried: 3, held: 2, differences: { fails: ['a row differs'] } } },
    })
  }))

test('what measures time is tried when all else is over, what waits beside the rest', () =>
  inFolder(async folder => {
    const kept = new KeptResults(join(folder, 'results.jsonl'))
    const order: string[] = []
    const row = (name: string, when?: Row['when']): Row => {
      const trial = (k: number) =>
        trialOf(`${k}`, async () => {
          order.push(`${name} ${k}`)
          return []
        })
      return { ...rowOf(), name, trials: [trial(1), trial(2)], ...(when === undefined ? {} : { when }) }
    }
    const rows = [row('times', 'alone'), row('works'), row('waits', 'beside')]
    await runRows({ rows, kept, stage: openStage(folder, folder), say: () => {}, atOnce: 2 })
    expect(order).toHaveLength(6)
    expect(order.filter(each => !each.startsWith('waits'))).toEqual(['works 1', 'works 2', 'times 1', 'times 2'])
    const took: Record<string, number> = { '1': 60 }
    expect(minutesOf(rows[1]!, (_, trial) => took[trial])).toBe(2)
    expect(minutesOf(rows[1]!, () => undefined)).toBeNull()
  }))

test('a row counts as held when as much was tried as is wanted, and all of it held', () =>
  inFolder(async folder => {
    const kept = new KeptResults(join(folder, 'results.jsonl'))
    for (const trial of ['one', 'two']) kept.keep({ ...result(trial), tried: 1, held: 1 })
    const heldBy = (row: Row & { skipped?: string }, share = 1) =>
      reportOf({ rows: [row], kept, build: 'b', share }).held
    expect(heldBy(rowOf('one', 'two'))).toBe(true)
    expect(heldBy({ ...rowOf('one', 'two'), wanted: 3 })).toBe(false)
    expect(heldBy({ ...rowOf('one', 'two'), wanted: 3 }, 0.5)).toBe(true)
    expect(heldBy({ ...rowOf('one', 'two'), skipped: 'no Kafka' })).toBe(false)
  }))
