/** The last items of every user, newest first; bounded. */
export interface UserPasts {
  add(user: number, item: number): void
  /** With repeats, as they came. */
  events(user: number): readonly number[]
  /** Each item once, at its newest. */
  items(user: number): readonly number[]
}

export function userPasts(users: number, length: number): UserPasts {
  const events: number[][] = Array.from({ length: users }, () => [])
  const items: number[][] = Array.from({ length: users }, () => [])
  return {
    add(user, item) {
      events[user]!.unshift(item)
      if (events[user]!.length > length) events[user]!.pop()
      const own = items[user]!
      const at = own.indexOf(item)
      if (at >= 0) own.splice(at, 1)
      own.unshift(item)
      if (own.length > length) own.pop()
    },
    events: user => events[user]!,
    items: user => items[user]!,
  }
}
