/** What is asked about partitions, as most requests have it: a list for each topic. */
export function byTopic<P extends { topic: string }, T>(
  partitions: readonly P[],
  of: (partition: P) => T,
): { topic: string; partitions: T[] }[] {
  const found = new Map<string, T[]>()
  for (const each of partitions) {
    const known = found.get(each.topic)
    if (known === undefined) found.set(each.topic, [of(each)])
    else known.push(of(each))
  }
  return Array.from(found, ([topic, parts]) => ({ topic, partitions: parts }))
}
