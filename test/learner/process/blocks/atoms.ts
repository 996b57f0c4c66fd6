import { emptyBlock } from '../../../../src/records/block-parts.ts'
import type { InterestBlock } from '../../../../src/records/interest-block.ts'
import type { Random } from '../../../../src/state/random.ts'

/** One row, or one change, of a part: what blocks are made of, however they are cut. */
export type Atom =
  | { row: number; user: string; item: string; short: readonly string[]; traced: boolean }
  | { change: number }

/** Rows and changes of a part, in the one order that they have. */
export function atomsOf(count: number, random: Random): Atom[] {
  const [reached, seen] = [{ row: 0, change: 0 }, [] as string[]]
  return Array.from({ length: count }, () => {
    if (random.uniform() < 0.3) return { change: ++reached.change }
    const item = `i${random.integer(9)}`
    const short = seen.slice(-random.integer(4))
    seen.push(item)
    return { row: ++reached.row, user: `u${random.integer(4)}`, item, short, traced: random.uniform() < 0.3 }
  })
}

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

/** A block of these rows and changes. */
export function blockOfAtoms(atoms: readonly Atom[], part: number): InterestBlock {
  const block = emptyBlock()
  const place = <T>(table: T[], entry: T) => table.push(entry) - 1
  for (const atom of atoms) {
    if ('change' in atom) {
      block.changes.push({
        ...{ before: block.sequence.length, number: atom.change, kind: 'item', id: `p${part} c${atom.change}` },
        ...{ title: null, features: '[]', attributes: '{}', tags: [], deleted: false, partition: 0, offset: 0 },
      })
      continue
    }
    const { row, user, item, short, traced } = atom
    block.sequence.push(row)
    block.partition.push(part)
    block.offset.push(100 + row)
    block.user.push(place(block.users, { id: user, features: `["row=${row}"]`, attributes: '' }))
    block.item.push(place(block.items, { id: item, features: `["row=${row}"]` }))
    block.behaviour.push(place(block.behaviours, 'watch'))
    block.time.push(1_000 * row)
    block.reward.push(row / 1_000)
    block.like.push(row % 2)
    block.signals.push(-1)
    block.answers.push(row % 3)
    block.late.push(0)
    block.count.push(row)
    block.shortCount.push(short.length)
    for (const id of short) {
      block.shortItem.push(place(block.items, { id, features: '' }))
      block.shortTime.push(row)
      block.shortReward.push(0.5)
    }
    if (traced) block.traces.push({ sequence: row, parent, state: `part=${part}` })
  }
  return block
}

/** What a learner meets in blocks, one after the other, whatever pieces it comes in: each row with all that is said of it, and changes in between. */
export function met(blocks: readonly InterestBlock[]): string[] {
  return blocks.flatMap(block => {
    const texts: string[] = []
    const changesBefore = (k: number) => {
      for (const { before, number, id } of block.changes) if (before === k) texts.push(`change ${number}: ${id}`)
    }
    let short = 0
    for (let k = 0; k < block.sequence.length; k++) {
      changesBefore(k)
      const row = block.sequence[k]!
      const shorts = block.shortItem.slice(short, short + block.shortCount[k]!).map(item => block.items[item]!.id)
      short += block.shortCount[k]!
      const [user, item] = [block.users[block.user[k]!]!, block.items[block.item[k]!]!]
      const numbers = [block.partition, block.offset, block.time, block.reward, block.like, block.answers, block.count]
      const traced = block.traces.filter(({ sequence }) => sequence === row).map(({ state }) => state)
      texts.push(
        `row ${row}: ${JSON.stringify([user, item, block.behaviours[block.behaviour[k]!], numbers.map(each => each[k]), shorts, traced])}`,
      )
    }
    changesBefore(block.sequence.length)
    return texts
  })
}
