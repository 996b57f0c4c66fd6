/**
 * The number that stands at a place of the first `count` once they are sorted; puts them in another order (Hoare 1961, Find).
 *
 *     orderStatistic(Float64Array.of(3, 1, 2), 3, 1)   // 2
 */
export function orderStatistic(numbers: Float64Array, count: number, place: number): number {
  let [from, to] = [0, count - 1]
  while (from < to) {
    const pivot = numbers[(from + to) >> 1]!
    let [left, right] = [from, to]
    while (left <= right) {
      while (numbers[left]! < pivot) left += 1
      while (numbers[right]! > pivot) right -= 1
      if (left > right) break
      const held = numbers[left]!
      numbers[left++] = numbers[right]!
      numbers[right--] = held
    }
    if (place <= right) to = right
    else if (place >= left) from = left
    else break
  }
  return numbers[place]!
}
