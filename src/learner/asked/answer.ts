import type { Answer, Question, Standing } from '../../records/question.ts'
import { itemFilters } from '../../rules/filter.ts'
import type { Asked, Moment } from './asked.ts'
import { audience } from './audience.ts'
import { itemsAnswer } from './items-answer.ts'
import { listAnswer } from './list-answer.ts'
import { rankAnswer } from './rank-answer.ts'

/**
 * Answers from what a learner holds now, without changing anything that is learned or that a later list depends on.
 *
 *     const answer = answering({ definition, learnerId, parts, view, champion, whoIs })
 *     answer({ kind: 'popular', itemId: null, category: 'shoes', count: 10, filter: null, now }, { ...last, change: 7 }, 4_096)
 */
export function answering(asked: Asked): (question: Question, last: Moment, modelVersion: number) => Answer {
  const { parts } = asked
  const { items, known } = parts
  const filters = itemFilters(slot => ({
    ...{ id: items.id(slot), title: known.title(slot), tags: known.tags(slot), attributes: known.attributes(slot) },
  }))
  const people = audience(asked)
  const list = listAnswer(asked, people, filters)
  const rank = rankAnswer(asked, people)
  const found = itemsAnswer(asked, filters)
  return (question, last, modelVersion) => {
    const standing: Standing = {
      ...{ position: last.row, eventTime: last.time, modelVersion, champion: parts.served.champion },
      ...{ users: parts.users.size, items: items.size, behind: 0 },
    }
    switch (question.kind) {
      case 'list':
      case 'session':
        return list(question, last, standing)
      case 'rank':
        return rank(question, standing)
      case 'similar':
      case 'popular':
      case 'new':
        return found(question, standing)
      case 'standing':
        return { kind: 'standing', standing }
    }
  }
}
