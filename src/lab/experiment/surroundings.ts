import { orThrow } from '../../ingest/definition-calls.ts'
import { contextFeatures } from '../../ingest/join/features.ts'
import type { Described } from './admit-all.ts'
import type { TrialContext } from './experiment.ts'
import type { Ratings } from './ratings.ts'

/** What surrounds the event of a row, as a JSON array of tokens; null where the definition says nothing of that. */
export function surroundingsOf({
  definition: { features },
  ratings,
}: Pick<TrialContext, 'definition' | 'ratings'>): ((row: number) => string) | null {
  if (features.context === undefined) return null
  return row => orThrow(contextFeatures(ratings.event(row), features))
}

/** Tells a policy what surrounds an event, before it is asked about it, where that is not what it was told of the user last. */
export function tellingSurroundings(
  policy: Partial<Described>,
  { user, userTokens }: Pick<Ratings, 'user' | 'userTokens'>,
  textOf: ((row: number) => string) | null,
): (row: number) => void {
  if (policy.describeUser === undefined || textOf === null) return () => {}
  const told: string[] = []
  return row => {
    const [of, text] = [user[row]!, textOf(row)]
    if (told[of] === text) return
    told[of] = text
    policy.describeUser!(of, [...userTokens[of]!, ...(JSON.parse(text) as string[])])
  }
}
