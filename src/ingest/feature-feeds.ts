import type { LogRecord, Position } from '../log/log.ts'
import type { Beginning } from '../records/beginning.ts'
import type { Item, UserProfile } from '../records/definition.ts'
import type { Tombstone } from './collect/collect.ts'
import type { FeatureFeed } from './feature-feed.ts'
import type { Feeds } from './join/feature-tables.ts'

/** Profiles and items as the stages take them, with the positions that they have come to. */
export class FeatureFeeds implements Feeds {
  readonly users: Feeds['users']
  readonly items: Feeds['items']
  readonly #feeds: readonly FeatureFeed<unknown>[]
  /** Records that were taken since the process began. */
  taken = 0

  constructor(users: FeatureFeed<UserProfile | Tombstone>, items: FeatureFeed<Item | Tombstone>) {
    this.#feeds = [users, items]
    this.users = { take: timestamp => this.#count(users, timestamp) }
    this.items = { take: timestamp => this.#count(items, timestamp) }
  }

  /** Records that no event has passed in time. */
  get waiting(): { users: number; items: number } {
    const [users, items] = this.#feeds.map(feed => feed.waiting)
    return { users: users!, items: items! }
  }

  /** Read up to a record's timestamp (ms); the time before which nothing is missing. */
  async readUpTo(timestamp: number): Promise<number> {
    return Math.min(...(await Promise.all(this.#feeds.map(feed => feed.readUpTo(timestamp)))))
  }

  /** What is known from the beginning. */
  set known(places: readonly Beginning[]) {
    for (const feed of this.#feeds) feed.known = places
  }

  /** Which records were refused for their time is recorded, or found out. */
  set recorded(recorded: boolean) {
    for (const feed of this.#feeds) feed.refuses = !recorded
  }

  /** Leave out a profile or an item of which it is recorded that it was refused for its time. */
  exclude(record: LogRecord): void {
    this.#feeds.find(feed => feed.topic === record.topic)?.exclude(record)
  }

  /** The positions that everything taken so far comes to. */
  positions(): Position[] {
    return this.#feeds.flatMap(feed => feed.positions())
  }

  async close(): Promise<void> {
    await Promise.all(this.#feeds.map(feed => feed.close()))
  }

  #count<T>(feed: FeatureFeed<T>, timestamp: number) {
    const taken = feed.take(timestamp)
    this.taken += taken.length
    return taken
  }
}
