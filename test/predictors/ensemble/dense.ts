/** A·x = b by Gauss and Jordan, on rows of numbers; slow and plain, to check the quick ones against. */
export function solveDense(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, r) => [...row, b[r]!])
  for (let pivot = 0; pivot < rows.length; pivot++) {
    const best = rows.slice(pivot).reduce((most, row) => (Math.abs(row[pivot]!) > Math.abs(most[pivot]!) ? row : most))
    const from = rows.indexOf(best)
    ;[rows[pivot], rows[from]] = [rows[from]!, rows[pivot]!]
    for (const [r, row] of rows.entries()) {
      if (r === pivot) continue
      const factor = row[pivot]! / rows[pivot]![pivot]!
      for (let c = pivot; c < row.length; c++) row[c]! -= factor * rows[pivot]![c]!
    }
  }
  return rows.map((row, r) => row.at(-1)! / row[r]!)
}

export const inverseDense = (a: readonly (readonly number[])[]): number[][] => {
  const columns = a.map((_, k) =>
    solveDense(
      a,
      a.map((_, r) => (r === k ? 1 : 0)),
    ),
  )
  return a.map((_, r) => columns.map(column => column[r]!))
}
