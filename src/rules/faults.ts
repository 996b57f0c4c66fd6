import { plural } from '../records/words.ts'
import type { Scope } from './language.ts'

/** Where rules have no value, counted by rule; each is said once. */
export interface Faults {
  /** An expression of the rule has no value for an item. */
  note(rule: string, item: Scope['item'], why: string): void
  /** Sentences about rules of which none was said before. */
  said(): string[]
}

/** Kept for as long as the process runs. */
export function faults(): Faults {
  const counts = new Map<string, { times: number; why: string; example: string; said: boolean }>()
  return {
    note(rule, item, why) {
      const known = counts.get(rule)
      if (known !== undefined) known.times += 1
      else counts.set(rule, { times: 1, why, example: String(item?.['id'] ?? ''), said: false })
    },
    said() {
      const sentences: string[] = []
      for (const [rule, fault] of counts) {
        if (fault.said) continue
        fault.said = true
        sentences.push(
          `The rule "${rule}" has no value in ${plural(fault.times, 'case')} so far, first for item ${fault.example}: ${fault.why}. Such an item is not shown by a show rule, and not boosted, pinned or counted by others; has(item.…) asks whether an attribute is there.`,
        )
      }
      return sentences
    },
  }
}
