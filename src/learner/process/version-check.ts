import { RecstreamError } from '../../errors.ts'
import type { ModelVersion } from '../../records/model-version.ts'
import { count } from '../../records/words.ts'

type Told = Pick<ModelVersion, 'version' | 'weightsSha256'>

/** The leader's versions that a follower has not come to; so many are kept, and no more are to be read then. */
const mostAhead = 10_000

/**
 * Holds a follower's weights against the leader's at every version, whichever of the two comes first.
 *
 *     const check = new VersionCheck({ every: 10_000, from: learner.sequences })
 *     check.told(version)       // of the leader, from the topic
 *     check.learned([version])  // the follower's own; FOLLOWER_DIFFERS where the two are not the same bits
 */
export class VersionCheck {
  readonly #every: number
  /** The newest version that the follower has come to. */
  #newest: number
  /** Digests of versions, of which the topic has said nothing yet, and those that the follower has not come to. */
  readonly #own = new Map<number, string>()
  readonly #leaders = new Map<number, string>()
  /** Versions that were the same. */
  same = 0

  constructor({ every, from }: { every: number; from: number }) {
    this.#every = every
    this.#newest = from
  }

  /** The leader is so far ahead that more of its versions can wait. */
  get isFull(): boolean {
    return this.#leaders.size >= mostAhead
  }

  /** A version of the leader's; one that it published between two checkpoints, at an end, is passed over. */
  told({ version, weightsSha256 }: Told): void {
    if (version % this.#every !== 0) return
    if (version > this.#newest && !this.#leaders.has(version)) this.#leaders.set(version, weightsSha256)
    const own = this.#own.get(version)
    // The topic keeps the newest ones for sure: those before this one will not come any more.
    for (const before of this.#own.keys()) if (before <= version) this.#own.delete(before)
    if (own !== undefined) this.#compare(version, own, weightsSha256)
  }

  learned(versions: readonly Told[]): void {
    for (const { version, weightsSha256 } of versions) {
      this.#newest = version
      const theirs = this.#leaders.get(version)
      for (const before of this.#leaders.keys()) if (before <= version) this.#leaders.delete(before)
      if (theirs === undefined) this.#own.set(version, weightsSha256)
      else this.#compare(version, weightsSha256, theirs)
    }
  }

  #compare(version: number, own: string, theirs: string): void {
    if (own === theirs) {
      this.same += 1
      return
    }
    throw new RecstreamError(
      'FOLLOWER_DIFFERS',
      `Version ${count(version)} has other weights here (SHA-256 ${own.slice(0, 12)}…) than the leader's (${theirs.slice(0, 12)}…); give the follower the program, definition, settings (--set) and --backend of the leader, and checkpoints of it.`,
    )
  }
}
