/** What could be chosen when something was, so that the policy's probability can be worked out again. */
export interface Choosable {
  /** Numbers that one set takes. */
  readonly width: number
  /** Write down which of these items may be chosen. */
  write(into: Int32Array, place: number, items: number, allowed: (item: number) => boolean): void
  /** Put −10⁹ on the logits of those of `items` that could not be chosen. */
  mask(from: Int32Array, place: number, logits: Float32Array, at: number, items: number): void
}

/**
 * Sets of items as short lists: of those that may not be chosen, or of those that may, whichever is short enough.
 *
 * A set for which both lists are longer than `longest` counts as all items: the policy then takes itself to be less likely to
 * choose what was chosen than it was, and learns less of it.
 */
export function choosable(longest: number): Choosable {
  const width = longest + 1
  const lists = { barred: new Int32Array(longest + 1), open: new Int32Array(longest + 1) }
  return {
    width,
    write(into, place, items, allowed) {
      let [barred, open] = [0, 0]
      for (let item = 0; item < items && (barred <= longest || open <= longest); item++) {
        if (allowed(item)) {
          if (open <= longest) lists.open[open++] = item
        } else if (barred <= longest) lists.barred[barred++] = item
      }
      const from = place * width
      // The first number is how many are barred, or how many are open, less than zero.
      const [count, list] =
        barred <= longest ? [barred, lists.barred] : open <= longest ? [-open, lists.open] : [0, lists.open]
      into[from] = count
      into.set(list.subarray(0, Math.abs(count)), from + 1)
    },
    mask(from, place, logits, at, items) {
      const start = place * width
      const count = from[start]!
      const list = from.subarray(start + 1, start + 1 + Math.abs(count))
      if (count >= 0) {
        for (const item of list) logits[at + item]! = never
        return
      }
      logits.fill(never, at, at + items)
      for (const item of list) logits[at + item] = 0
    },
  }
}

const never = -1e9
