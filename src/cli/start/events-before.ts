import { setTimeout } from 'node:timers/promises'
import { askControl } from '../../run/control.ts'

interface Status {
  eventsRead: number
  sequence: number
  eventsKept: number
  rejected: Record<string, number>
}

/** How many events earlier runs took in, kept and rejected; null when the running pipeline does not say. */
export async function eventsBefore(control: string): Promise<number | null> {
  try {
    for (let attempt = 0; attempt < 50; attempt++) {
      const { eventsRead, sequence, eventsKept, rejected } = await askControl<Status>(control, 'status')
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
