import type { SavedArrays } from '../../state/saved-arrays.ts'
import { columnSet, floatColumn } from '../../state/slot-column.ts'
import { everyRow } from '../../state/user-rows.ts'

/** Numbers of each slot that come as one token, such as "#vector=0.31,-1.2". */
export interface NumberColumn {
  readonly width: number
  readonly data: Float32Array
  /** Take in a slot's numbers, if its tokens have them; true when they are not the ones of before. */
  set(slot: number, tokens: readonly string[]): boolean
  /** Copy a slot's numbers. */
  read(slot: number, into: Float32Array): void
  reset(slot: number): void
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * `width` numbers a slot, zero until a token says otherwise; one with another count or with a number that is not finite
 * is passed over.
 *
 *     const vectors = numberColumn('vector', 2)
 *     vectors.set(0, ['#vector=0.31,-1.2'])   // true
 *     vectors.set(0, ['#vector=0.31,-1.2'])   // false, and nothing was parsed
 */
export function numberColumn(name: string, width: number, rows = everyRow): NumberColumn {
  const column = floatColumn(width)
  const columns = columnSet({ numbers: column })
  const start = `#${name}=`
  let texts: (string | undefined)[] = []
  const reset = (row: number): void => {
    columns.reset(row)
    texts[row] = undefined
  }
  rows.hold({
    ...columns,
    reset,
    unpack(row, from) {
      columns.unpack(row, from)
      texts[row] = undefined
    },
  })
  return {
    width,
    get data() {
      return column.data
    },
    set(user, tokens) {
      const slot = rows.of(user)
      const text = tokens.find(token => token.startsWith(start))
      if (text === undefined || text === texts[slot]) return false
      texts[slot] = text
      const numbers = Float32Array.from(text.slice(start.length).split(','), Number)
      if (numbers.length !== width || !numbers.every(Number.isFinite)) return false
      // After a restart the same token comes again.
      if (numbers.every((value, k) => value === column.data[slot * width + k])) return false
      column.data.set(numbers, slot * width)
      return true
    },
    read(user, into) {
      const slot = rows.of(user)
      for (let k = 0, at = slot * width; k < width; k++) into[k] = column.data[at + k]!
    },
    reset: user => reset(rows.of(user)),
    save: users => columns.save(rows.saved(users)),
    restore(arrays) {
      columns.restore(arrays)
      texts = []
    },
  }
}
