/**
 * Where the features of an item's token stand, so that items that share the token share the work.
 *
 *     const run = runs.find(token)                       // −1: work them out
 *     runs.note(token, from, to, shared)
 *
 * Each token has one place by its hash, which the next one there takes over.
 */
export interface TokenRuns {
  clear(): void
  /** The run of a token, by its hash; −1 if it is not known, or no longer. */
  find(token: number): number
  note(token: number, from: number, to: number, shared: number): void
  /** By run: features `from` to `to` − 1, and how often the user's last item has the token. */
  readonly from: Int32Array
  readonly to: Int32Array
  readonly shared: Int32Array
}

export function tokenRuns(): TokenRuns {
  const tokens = new Int32Array(places)
  const turns = new Float64Array(places)
  const from = new Int32Array(places)
  const to = new Int32Array(places)
  const shared = new Int32Array(places)
  let turn = 1
  return {
    ...{ from, to, shared },
    clear() {
      turn += 1
    },
    find(token) {
      const at = token & (places - 1)
      return tokens[at] === token && turns[at] === turn ? at : -1
    },
    note(token, start, end, common) {
      const at = token & (places - 1)
      tokens[at] = token
      turns[at] = turn
      from[at] = start
      to[at] = end
      shared[at] = common
    },
  }
}

const places = 1024
