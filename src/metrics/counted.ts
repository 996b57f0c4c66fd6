import type { Counter } from 'prom-client'

/**
 * Lets a counter follow a number that something else counts, and that may begin anew.
 *
 *     const follow = following(counter)
 *     follow({ reason: 'duplicate' }, 17)
 */
export function following<Label extends string>(
  counter: Counter<Label>,
): (labels: Partial<Record<Label, string>>, now: number) => void {
  const before = new Map<string, number>()
  return (labels, now) => {
    const key = JSON.stringify(labels)
    const then = before.get(key) ?? 0
    before.set(key, now)
    counter.inc(labels, now >= then ? now - then : now)
  }
}
