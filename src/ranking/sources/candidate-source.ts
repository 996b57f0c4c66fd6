/** Where candidates come from. */
export interface CandidateSource {
  /** Write at most `room` items that `allowed` lets through to the front of `into`, in any order, each once; returns how many. */
  find(request: CandidateRequest, into: Int32Array, room: number): number
}

/** For whom candidates are looked for. */
export interface CandidateRequest {
  user: number
  /** Event time, ms. */
  time: number
  /** The user's last items, newest first (−1: forgotten), of which `held` count. */
  history: Int32Array
  held: number
  /** Those that the user is against, likewise. */
  unwanted: Int32Array
  unwantedHeld: number
  allowed: (item: number) => boolean
}

/** A source and the share of the room that it may take at most; what is left over goes to the sources after it. */
export interface SourceShare {
  source: CandidateSource
  share: number
}
