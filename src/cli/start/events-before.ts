import { setTimeout } from 'node:timers/promises'
import { askParts } from '../../run/ask-parts.ts'
import { type IngestStatus, ingestTogether } from '../../run/ingest-status.ts'
import type { Layout } from '../../run/layout.ts'

/** How many events earlier runs took in, kept and rejected; null when a part of the running pipeline does not say. */
export async function eventsBefore(layout: Layout): Promise<number | null> {
  try {
    for (let attempt = 0; attempt < 50; attempt++) {
      const parts = await askParts<IngestStatus>(layout, 'status')
      const told = parts.some(({ answer }) => answer === null) ? null : ingestTogether(parts)
      if (told === null) return null
      const { eventsRead, sequence, eventsKept, rejected } = told
      // While a batch is being committed, what was read and what is in the tables do not match.
      const before = eventsKept + Object.values(rejected).reduce((sum, number) => sum + number, 0) - eventsRead
      if (sequence === eventsKept && before >= 0) return before
      await setTimeout(100)
    }
  } catch {
    // It ended, or is busy; how far it had come is a courtesy only.
  }
  return null
}
