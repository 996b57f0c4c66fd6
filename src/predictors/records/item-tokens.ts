import { hashText } from '../../state/hash.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'
import { byteColumn, columnSet, intColumn } from '../../state/slot-column.ts'
import { tokenGroups } from './records-layout.ts'

/**
 * Tokens of items in groups by what stands before "=". Names get a group in the order in which items with events show them; those
 * that come when all groups are given are left out.
 *
 *     tokens.set(0, ['tag=12', 'tag=34', 'type=AD'])
 *     tokens.learn(0)                       // 'tag' is group 0 from now on, 'type' group 1
 *     tokens.read(0)                        // 3 tokens: found[0 … 2], groupOf[0 … 2], sizes[0] 2, sizes[1] 1
 */
export interface ItemTokens {
  /** Of the item read last, by place: the token's hash and its group; by group: how many tokens. */
  readonly found: Int32Array
  readonly groupOf: Uint8Array
  readonly sizes: Uint8Array
  /** Tokens with a group. */
  read(item: number): number
  learn(item: number): void
  set(item: number, tokens: readonly string[]): void
  reset(item: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

const perItem = 8

export function itemTokens(): ItemTokens {
  const hashes = intColumn(perItem)
  const names = intColumn(perItem)
  const counts = byteColumn()
  const columns = columnSet({ hashes, names, counts })
  const groups = new Int32Array(tokenGroups)
  const found = new Int32Array(perItem)
  const groupOf = new Uint8Array(perItem)
  const sizes = new Uint8Array(tokenGroups)
  return {
    ...{ found, groupOf, sizes },
    read(item) {
      sizes.fill(0)
      let length = 0
      for (let k = 0, at = item * perItem; k < counts.data[item]!; k++, at++) {
        const group = groups.indexOf(names.data[at]!)
        if (group < 0) continue
        found[length] = hashes.data[at]!
        groupOf[length++] = group
        sizes[group]! += 1
      }
      return length
    },
    learn(item) {
      for (let k = 0, at = item * perItem; k < counts.data[item]!; k++, at++) {
        if (groups.includes(names.data[at]!)) continue
        const free = groups.indexOf(0)
        if (free < 0) return
        groups[free] = names.data[at]!
      }
    },
    set(item, tokens) {
      const count = Math.min(perItem, tokens.length)
      counts.data[item] = count
      for (let k = 0, at = item * perItem; k < count; k++, at++) {
        const token = tokens[k]!
        hashes.data[at] = hashText(token)
        // Never 0, which stands for a group that is free.
        names.data[at] = hashText(token.slice(0, Math.max(0, token.indexOf('=')))) | 1
      }
    },
    reset: columns.reset,
    save: items => ({ ...columns.save(items), groups: groups.slice() }),
    restore(arrays) {
      columns.restore(arrays)
      groups.set(arrays['groups'] as Int32Array)
    },
  }
}
