import type { Warehouse } from '../../src/records/warehouse.ts'
import { event, noRows } from './fixtures.ts'

/** One logged choice: what was shown to whom, how likely that was, what came of it, and what another arm would have done. */
export interface LoggedChoice {
  userId: string
  itemId: string
  arm?: string
  /** Event time of the list, ms; the answer comes a second later. */
  time?: number
  propensity: number
  reward: number | null
  alternatives?: Record<string, { propensity: number; itemId: string }>
}

/** Land choices as the pipeline would: a list of one item each, and an event that answers it. */
export async function landChoices(warehouse: Warehouse, choices: readonly LoggedChoice[]): Promise<void> {
  const size = 10_000
  for (let from = 0; from < choices.length; from += size) {
    const rows = choices.slice(from, from + size).map((choice, k) => {
      const sequence = from + k + 1
      const time = choice.time ?? 1_700_000_000_000 + sequence * 10_000
      return { choice, sequence, time, id: `learner-${sequence}` }
    })
    await warehouse.commit({
      ...noRows,
      recommendations: rows.map(({ choice, sequence, time, id }) => ({
        ...{ recommendationId: id, userId: choice.userId, time, sequence, partition: 0, offset: sequence - 1 },
        ...{ modelVersion: 0, short: null, policy: choice.arm ?? 'logger', arm: choice.arm ?? 'logger' },
        items: [
          {
            ...{ itemId: choice.itemId, score: 0.5, propensity: choice.propensity, reason: 'test' },
            ...(choice.alternatives === undefined ? {} : { alternatives: choice.alternatives }),
          },
        ],
      })),
      events: rows
        .filter(({ choice }) => choice.reward !== null)
        .map(({ choice, sequence, time, id }) =>
          event(sequence, {
            ...{ userId: choice.userId, itemId: choice.itemId, recommendationId: id },
            ...{ time: time + 1000, reward: choice.reward! },
          }),
        ),
    })
  }
}
