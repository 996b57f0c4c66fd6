import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { coldFiles, coldFilesOf } from '../../../src/learner/users/cold-files.ts'
import { coldUsersContract } from '../../contracts/cold-users.ts'

const root = mkdtempSync(join(tmpdir(), 'cold-files-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const folderOf = (name: string) => join(root, name)
const bytes = (user: number, length = 100) => new Uint8Array(length).fill(user + 1)
const open = (name: string, more: { fileBytes?: number; scratch?: string } = {}) =>
  coldFiles({ folder: folderOf(name), ...more })
const filesIn = (name: string) => readdirSync(folderOf(name)).sort()
const sizeOf = (name: string) => filesIn(name).reduce((sum, file) => sum + statSync(join(folderOf(name), file)).size, 0)

describe('a folder', () => coldUsersContract(() => open('contract', { fileBytes: 4000 })))
describe('a folder that is only read', () => {
  let scratches = 0
  // What is there can be saved only once it has settled in.
  coldUsersContract(() => {
    const cold = open('followed', { scratch: folderOf(`scratch-${scratches++}`), fileBytes: 4000 })
    return {
      ...cold,
      get held() {
        return cold.held
      },
      save() {
        cold.settleIn()
        return cold.save()
      },
    }
  })
})

test('any checkpoint that is kept brings its users back, and a file goes once none needs it', () => {
  const cold = open('kept', { fileBytes: 2000 })
  const saved: ReturnType<typeof cold.save>[] = []
  for (let round = 0; round < 6; round++) {
    for (let user = 0; user < 30; user++) cold.put(user, bytes(round))
    saved.push(structuredClone(cold.save()))
    cold.keepOnly(new Set(saved.slice(-3).flatMap(coldFilesOf)))
  }
  for (const round of [3, 4, 5]) {
    const other = open('kept')
    other.restore(saved[round]!)
    expect(other.get(7)).toEqual(bytes(round))
    other.close()
  }
  expect(() => open('kept').check(saved[0]!)).toThrow('is damaged')
  const files = filesIn('kept').length
  cold.keepOnly(new Set(coldFilesOf(saved[5]!)))
  expect(filesIn('kept').length).toBeLessThan(files)
  cold.close()
})

test('files that are mostly old are written anew, so that they take no more than twice what is in them, and a file', () => {
  const cold = open('tidy', { fileBytes: 5000 })
  for (let user = 0; user < 100; user++) cold.put(user, bytes(user))
  for (let round = 0; round < 300; round++) {
    cold.put((round * 37) % 100, bytes(round % 200))
    if (round % 5 === 0) cold.keepOnly(new Set(coldFilesOf(cold.save())))
  }
  expect(sizeOf('tidy')).toBeLessThan(2 * 100 * 112 + 2 * 5000)
  cold.close()
})

test('of whoever was deleted nothing is left once all is written anew', () => {
  const cold = open('forget')
  for (const user of [1, 2, 3]) cold.put(user, new Uint8Array(Buffer.from(`secret of ${user}`)))
  cold.put(2, new Uint8Array(Buffer.from('secret of 2, again')))
  cold.save()
  cold.delete(2)
  cold.rewrite()
  cold.keepOnly(new Set(coldFilesOf(cold.save())))
  const text = filesIn('forget')
    .map(file => readFileSync(join(folderOf('forget'), file), 'latin1'))
    .join('')
  expect(text).toContain('secret of 1')
  expect(text).not.toContain('secret of 2')
  cold.close()
})

describe('damage is found before anything is brought back', () => {
  const damagedBy = (name: string, damage: (path: string) => void) => {
    const cold = open(name)
    for (let user = 0; user < 20; user++) cold.put(user, bytes(user))
    const saved = structuredClone(cold.save())
    cold.close()
    const [file] = filesIn(name)
    damage(join(folderOf(name), file!))
    return () => open(name).check(saved)
  }
  test('where a byte is another one', () => {
    const check = damagedBy('byte', path => {
      const all = readFileSync(path)
      all[all.length - 50]! ^= 1
      writeFileSync(path, all)
    })
    expect(check).toThrow(expect.objectContaining({ code: 'CHECKPOINT_CORRUPT' }))
  })
  test('where the end is missing', () => {
    expect(damagedBy('short', path => truncateSync(path, 500))).toThrow('is damaged')
  })
  test('where the file is gone', () => {
    expect(damagedBy('gone', path => rmSync(path))).toThrow('is damaged')
  })
  test('and not where more was added since, or the end of that is missing', () => {
    expect(damagedBy('more', path => writeFileSync(path, 'half a record', { flag: 'a' }))).not.toThrow()
  })
})

test('damage that comes while it is in use is found when a user returns', () => {
  const cold = open('late')
  cold.put(4, bytes(4))
  cold.save()
  const [file] = filesIn('late')
  const path = join(folderOf('late'), file!)
  const all = readFileSync(path)
  all[all.length - 1]! ^= 1
  writeFileSync(path, all)
  expect(() => cold.get(4)).toThrow('is damaged')
  cold.close()
})

test('whoever follows writes nothing into the folder, leaves nothing behind, and takes its files over when it leads', async () => {
  const leader = open('led')
  for (const user of [1, 2]) leader.put(user, bytes(user))
  const saved = structuredClone(leader.save())
  await leader.sync()
  const scratch = folderOf('led-scratch')
  const follower = open('led', { scratch })
  follower.restore(saved)
  follower.put(3, bytes(3))
  follower.put(2, bytes(9))
  const before = filesIn('led')
  expect(() => follower.save()).toThrow('scratch')
  expect(filesIn('led')).toEqual(before)
  // The leader goes on, and removes what the follower reads still.
  leader.rewrite()
  leader.keepOnly(new Set(coldFilesOf(leader.save())))
  leader.close()
  expect(follower.get(1)).toEqual(bytes(1))
  follower.settleIn()
  const taken = structuredClone(follower.save())
  follower.close()
  expect(existsSync(scratch)).toBe(false)
  const next = open('led')
  next.restore(taken)
  expect([1, 2, 3].map(user => next.get(user)![0])).toEqual([2, 10, 4])
  next.close()
})
