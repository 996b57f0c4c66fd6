import { count } from '../records/words.ts'

/** Tells, once, that the learner forgets users. */
export interface ForgottenUsers {
  /** A user took a place; `held` users are remembered now. */
  admitted(held: number): void
  /** What people should be told, each sentence once. */
  notices(): string[]
}

export function forgottenUsers(maxUsers: number): ForgottenUsers {
  let full = false
  let state: 'none' | 'due' | 'told' = 'none'
  return {
    admitted(held) {
      // Whoever takes the last free place takes nobody's.
      if (full && state === 'none') state = 'due'
      full = held === maxUsers
    },
    notices() {
      if (state !== 'due') return []
      state = 'told'
      return [
        `More than ${count(maxUsers)} users came: the learner now forgets whoever was away longest, and learns of them anew when they return (what they may not be shown is kept). Raise --set learn.maxUsers to remember more.`,
      ]
    },
  }
}
