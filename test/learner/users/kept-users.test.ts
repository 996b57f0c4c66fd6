import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCheckpoints } from '../../../src/learner/checkpoint.ts'
import { type ColdFiles, coldFiles, usersIn } from '../../../src/learner/users/cold-files.ts'
import { type Backend, openBackend } from '../../../src/nn/backend.ts'
import { givenCommand } from '../../../src/records/command.ts'
import { blocksOf, commandsOf, learnAll, type Room, roomOf } from './rooms.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})
const root = mkdtempSync(join(tmpdir(), 'kept-users-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const form = 'watched or not'
/** A learner with room for few, whose others lie beside its checkpoints. */
function processIn(name: string, fileBytes = 20_000) {
  const folder = join(root, name)
  const cold = coldFiles({ folder: usersIn(folder), fileBytes })
  const room = roomOf(backend, form, 10, cold)
  const told: string[] = []
  const checkpoints = openCheckpoints({
    ...{ folder, definition: room.definition, users: cold },
    onDamaged: message => told.push(message),
  })
  return { folder, room, checkpoints, told }
}
const learnUpTo = ({ learner }: Room<ColdFiles>, blocks: number, from = 0) => {
  for (const block of blocksOf(3).slice(from, blocks)) learner.consume(block, 0, block.sequence.length)
}
const usersFiles = (folder: string) => readdirSync(usersIn(folder)).map(file => join(usersIn(folder), file))

test('a process that is killed anywhere goes on from what it kept, as if it had never stopped', async () => {
  const straight = learnAll(roomOf(backend, form, 1000), 3)
  let { room, checkpoints } = processIn('killed')
  const output = { recommendations: [] as unknown[], versions: [] as unknown[] }
  const blocks = blocksOf(3)
  for (const [n, block] of blocks.entries()) {
    if (n > 0) {
      // What it learned and wrote of users since its checkpoint is lost.
      room.learner.consume(blocks[n]!, 0, 40)
      room.cold.close()
      ;({ room, checkpoints } = processIn('killed'))
      room.learner.restore((await checkpoints.newest())!.state)
    }
    for (const command of commandsOf(n)) room.learner.schedule(command)
    const made = room.learner.consume(block, 0, block.sequence.length)
    output.recommendations.push(...made.recommendations)
    output.versions.push(...made.versions)
    await checkpoints.write(room.learner.save(), n)
  }
  expect(output.recommendations).toEqual(straight.output.recommendations)
  expect(output.versions).toEqual(straight.output.versions)
  expect(room.cold.held).toBeGreaterThan(30)
})

test('where the users of the newest checkpoint are damaged, learning goes on from the one before', async () => {
  const { folder, room, checkpoints } = processIn('damaged')
  learnUpTo(room, 2)
  await checkpoints.write(room.learner.save(), 2)
  learnUpTo(room, 4, 2)
  await checkpoints.write(room.learner.save(), 4)
  room.cold.close()
  const newest = usersFiles(folder).sort().at(-1)!
  const bytes = readFileSync(newest)
  bytes[bytes.length - 20]! ^= 255
  writeFileSync(newest, bytes)
  const next = processIn('damaged')
  const kept = await next.checkpoints.newest()
  expect(kept!.offset).toBe(2)
  expect(next.told).toEqual([expect.stringContaining('is damaged')])
  next.room.learner.restore(kept!.state)
  learnUpTo(next.room, 4, 2)
  expect(next.room.learner.weightsSha256()).toBe(room.learner.weightsSha256())
})

test('checkpoints of before users went to disk are gone on from, and what was written after the newest is passed over', async () => {
  const before = roomOf(backend, form, 1000)
  learnUpTo(before as never, 2)
  const { folder, room, checkpoints } = processIn('older')
  const { arrays, meta } = before.learner.save()
  expect(Object.keys(arrays).filter(name => name.startsWith('pages'))).toEqual([])
  await checkpoints.write({ arrays, meta }, 2)
  room.learner.restore((await checkpoints.newest())!.state)
  learnUpTo(room, 4, 2)
  learnUpTo(before as never, 4, 2)
  expect(room.learner.weightsSha256()).toBe(before.learner.weightsSha256())
  await checkpoints.write(room.learner.save(), 4)
  room.cold.close()
  for (const file of usersFiles(folder)) appendFileSync(file, 'torn')
  const next = processIn('older')
  next.room.learner.restore((await next.checkpoints.newest())!.state)
  learnUpTo(next.room, 6, 4)
  learnUpTo(before as never, 6, 4)
  expect(next.room.learner.weightsSha256()).toBe(before.learner.weightsSha256())
})

test('of somebody who is forgotten nothing is left in any file, however long they were away', async () => {
  const { folder, room, checkpoints } = processIn('forgotten')
  const person = 'u7'
  const [first, ...rest] = blocksOf(3)
  const says = (k: number) => JSON.stringify({ motto: `a secret of mine, number ${k}` })
  const change = {
    before: 0,
    kind: 'user' as const,
    id: person,
    features: '[]',
    deleted: false,
    partition: 0,
    offset: 0,
  }
  const come = { ...first!, changes: [] }
  room.learner.consume(come, 0, come.sequence.length)
  for (const [n, block] of rest.slice(0, 4).entries()) {
    const changes = [{ ...change, number: n + 1, attributes: says(n) }]
    room.learner.consume({ ...block, changes }, 0, block.sequence.length)
    await checkpoints.write(room.learner.save(), n)
  }
  const textOf = () =>
    [
      ...usersFiles(folder),
      ...readdirSync(folder)
        .filter(name => name.endsWith('.safetensors'))
        .map(name => join(folder, name)),
    ]
      .map(path => readFileSync(path, 'latin1'))
      .join('')
  expect(textOf()).toContain('a secret of mine')
  const forget = { people: [person], stage: 'accepted' as const, upTo: 0, until: {}, removed: {} }
  const command = givenCommand({ kind: 'forget', forget, appliedAt: 300 }, { commandId: 'x', time: 0 })
  room.learner.schedule(command)
  room.learner.forgetBefore(301)
  await checkpoints.writeAlone(room.learner.save(), 9)
  expect(room.cold.held).toBeGreaterThan(30)
  expect(textOf()).not.toContain('a secret of mine')
  room.cold.close()
})

test('a follower with other room learns the same, and keeps all of its users where it leads then', async () => {
  const leader = processIn('led')
  learnUpTo(leader.room, 3)
  await leader.checkpoints.write(leader.room.learner.save(), 3)
  const scratch = join(root, 'scratch')
  const cold = coldFiles({ folder: usersIn(leader.folder), scratch, fileBytes: 20_000 })
  const follower = roomOf(backend, form, 25, cold)
  const folderBefore = usersFiles(leader.folder)
  const { folder, checkpoints } = {
    ...leader,
    checkpoints: openCheckpoints({ ...leader, ...follower, onDamaged() {}, users: cold }),
  }
  follower.learner.restore((await checkpoints.newest())!.state)
  learnUpTo(follower, 5, 3)
  expect(usersFiles(folder)).toEqual(folderBefore)
  learnUpTo(leader.room, 5, 3)
  for (const k of [5, 6, 7]) await leader.checkpoints.write(leader.room.learner.save(), k)
  leader.room.cold.close()
  expect(follower.learner.weightsSha256()).toBe(leader.room.learner.weightsSha256())
  cold.settleIn()
  await checkpoints.write(follower.learner.save(), 8)
  cold.close()
  const next = processIn('led')
  next.room.learner.restore((await next.checkpoints.newest())!.state)
  learnUpTo(next.room, 7, 5)
  const straight = roomOf(backend, form, 1000)
  learnUpTo(straight as never, 7)
  expect(next.room.learner.weightsSha256()).toBe(straight.learner.weightsSha256())
  expect(next.told).toEqual([])
})

test('where the manifest is gone, the files that older checkpoints need stay', async () => {
  const { folder, room, checkpoints } = processIn('manifest', 2000)
  for (let blocks = 2; blocks <= 4; blocks++) {
    learnUpTo(room, blocks, blocks === 2 ? 0 : blocks - 1)
    await checkpoints.write(room.learner.save(), blocks)
  }
  room.cold.close()
  rmSync(join(folder, 'manifest.json'))
  const next = processIn('manifest', 2000)
  next.room.learner.restore((await next.checkpoints.newest())!.state)
  learnUpTo(next.room, 5, 4)
  await next.checkpoints.write(next.room.learner.save(), 5)
  next.room.cold.close()
  const again = processIn('manifest', 2000)
  const older = (await again.checkpoints.before(4 * 60))!
  expect(older.offset).toBe(3)
  again.room.learner.restore(older.state)
  learnUpTo(again.room, 5, 3)
  expect(again.room.learner.weightsSha256()).toBe(next.room.learner.weightsSha256())
})
