/** The known names that are nearest to a mistyped one, nearest first. */
export function nearest(name: string, known: readonly string[], count = 3): string[] {
  const last = name.split('.').at(-1) ?? name
  const distance = (each: string) =>
    Math.min(editDistance(name, each), 1 + editDistance(last, each.split('.').at(-1) ?? each))
  return known
    .map(each => ({ each, far: distance(each) }))
    .sort((a, b) => a.far - b.far || (a.each < b.each ? -1 : 1))
    .slice(0, count)
    .map(({ each }) => each)
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
