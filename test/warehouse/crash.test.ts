import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { all, type Folder, temporaryFolder } from './fixtures.ts'
import { runUntilKilled } from './killed-child.ts'

let folder: Folder

beforeEach(() => {
  folder = temporaryFolder()
})

afterEach(() => folder.remove())

/** Every table and the positions must hold the same batch; how many events there are. */
async function agreedSequence(): Promise<number> {
  const warehouse = await folder.open()
  try {
    const { sequence, deadLetter } = await warehouse.newest()
    const rows = await warehouse.events(0, 10_000_000)
    expect(rows.length).toBe(sequence)
    expect(rows.at(-1)?.sequence ?? 0).toBe(sequence)
    expect(deadLetter).toBe(sequence / 500)
    const position = sequence === 0 ? [] : [{ topic: 't', partition: 0, offset: sequence + 1 }]
    expect(await warehouse.positions()).toEqual(position)
    expect((await all(warehouse.users())).map(user => user.offset)).toEqual(sequence === 0 ? [] : [sequence])
    expect((await all(warehouse.items())).map(item => item.offset)).toEqual(sequence === 0 ? [] : [sequence])
    return sequence
  } finally {
    await warehouse.close()
  }
}

const said = (output: string) => Number(output.trim().split('\n').at(-1) || 0)

test.each([
  ['commit.before', 0],
  ['commit.after', 500],
])('a process killed at %s leaves %i rows: its batch whole or not at all', async (failpoint, rows) => {
  const failpoints = join(folder.root, 'failpoints')
  mkdirSync(failpoints)
  writeFileSync(join(failpoints, failpoint), '')
  await runUntilKilled('./commit-child.mjs', [JSON.stringify(folder.paths)], failpoints)
  expect(await agreedSequence()).toBe(rows)
})

test('a process killed at any instant leaves whole batches, and none that it acknowledged is missing', async () => {
  let done = 0
  for (const batches of [1, 7, 3]) {
    const output = await runUntilKilled(
      './commit-child.mjs',
      [JSON.stringify(folder.paths)],
      null,
      text => said(text) >= done + batches * 500,
    )
    const left = await agreedSequence()
    expect(left).toBeGreaterThanOrEqual(said(output))
    done = left
  }
})
