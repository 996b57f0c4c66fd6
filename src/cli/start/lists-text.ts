import { plural } from '../../records/words.ts'
import { colours } from '../print/colours.ts'
import { shorten, table } from '../print/table.ts'
import type { NewestList } from './newest-lists.ts'

/** Some users with their newest lists: what is on them, how sure the policy is, and why. */
export function listsText(lists: readonly NewestList[] | Error): string {
  if (lists instanceof Error) return `  They could not be read: ${lists.message}`
  if (lists.length === 0) {
    return '  None is shown here: no user with five events or more has one. `npx recstream tail recommendations` prints all.'
  }
  const { dim } = colours()
  const order = dim(
    '  Ranked by what followed and what is popular as well as by the expected reward, which is the score.',
  )
  return `${order}\n\n${lists.map(listText).join('\n\n')}`
}

function listText({ userId, events, liked, policy, items }: NewestList): string {
  const { bold, dim } = colours()
  const taste = liked.length === 0 ? '' : `, liked ${liked.map(name => shorten(name, 40)).join('; ')}`
  const rows = items.map(({ rank, name, score, reason }) => [
    String(rank),
    shorten(name, 48),
    score.toFixed(2),
    shorten(reason, 70),
  ])
  const head = `  ${bold(`user ${shorten(userId, 60)}`)} ${dim(`(${plural(events, 'event')}${taste}; list by ${policy})`)}`
  return `${head}\n${table(['', 'item', 'score', 'why'], rows, { right: [0, 2], indent: 4 })}`
}
