import type { MergeRow } from '../../records/warehouse.ts'

interface Group {
  readonly ids: string[]
  /** The newest row when the last of them was told. */
  since: number
}

/**
 * Users who were said to be one, as far as that was heard.
 *
 *     merged.hear({ fromUser: 'cookie-17', toUser: 'ann', since: 2041 })   // true
 *     merged.ids('ann')   // ['cookie-17', 'ann']
 */
export class MergedUsers {
  readonly #groups = new Map<string, Group>()

  /** All ids of whoever has this one. */
  ids(id: string): readonly string[] {
    return this.#groups.get(id)?.ids ?? [id]
  }

  has(id: string): boolean {
    return this.#groups.has(id)
  }

  /** The newest row when it was last heard that this user is another one, too. */
  since(id: string): number {
    return this.#groups.get(id)?.since ?? 0
  }

  /** Two are one from now on; false where they were. */
  hear({ fromUser, toUser, since }: MergeRow): boolean {
    if (this.ids(fromUser).includes(toUser)) return false
    const [one, other] = [this.#groupOf(fromUser), this.#groupOf(toUser)]
    const [large, small] = one.ids.length < other.ids.length ? [other, one] : [one, other]
    for (const id of small.ids) {
      large.ids.push(id)
      this.#groups.set(id, large)
    }
    large.since = Math.max(since, one.since, other.since)
    return true
  }

  #groupOf(id: string): Group {
    const known = this.#groups.get(id)
    if (known !== undefined) return known
    const group = { ids: [id], since: 0 }
    this.#groups.set(id, group)
    return group
  }
}
