/**
 * A growing table of numbers, one typed array a column: 8 bytes a number, where an object a row would take hundreds.
 *
 *     const table = columns(3)
 *     table.push([881250949, 196, 242])
 *     table.column(0)   // Float64Array [881250949]
 */
export function columns(width: number) {
  let capacity = 1024
  let length = 0
  let data = Array.from({ length: width }, () => new Float64Array(capacity))

  return {
    push(row: readonly number[]) {
      if (length === capacity) {
        capacity *= 2
        data = data.map(old => {
          const grown = new Float64Array(capacity)
          grown.set(old)
          return grown
        })
      }
      for (let i = 0; i < width; i++) data[i]![length] = row[i]!
      length++
    },
    column: (index: number) => data[index]!.subarray(0, length),
    get length() {
      return length
    },
  }
}
