/** Something that users did, as baselines learn it; users and items are slots of the experiment's ratings. */
export interface ServedEvent {
  user: number
  item: number
  /** Event time, ms. */
  time: number
  /** It is what lists are there for. */
  target: boolean
}

/** Scores items for a user, as far as it knows any. */
export interface Baseline {
  /** Add to the scores of items; what it adds nothing to comes after them, by popularity. */
  score(user: number, time: number, add: (item: number, score: number) => void): void
  learn(event: ServedEvent): void
}

export type MakeBaseline = (world: { users: number; items: number }) => Baseline
