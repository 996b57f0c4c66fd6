import type { Command } from '../../records/command.ts'
import { count } from '../../records/words.ts'
import { table } from '../print/table.ts'
import type { ReportedArm } from './reported-arm.ts'
import { daysText, short } from './verdict.ts'

/** '2026-01-31 12:00 shares a=0.2 b=0.8 (a is slow), taken in before sequence 40,001' */
export function commandText({ kind, shares, arm, time, reason, appliedAt }: Command): string {
  const given = kind === 'shares' ? Object.entries(shares).map(([name, share]) => `${name}=${share}`) : []
  const when = new Date(time).toISOString().slice(0, 16).replace('T', ' ')
  const what = [kind, ...(arm === null ? [] : [arm]), ...given].join(' ')
  const taken = appliedAt === null ? 'not taken in yet' : `taken in before sequence ${count(appliedAt)}`
  return `${when} ${what}${reason === '' ? '' : ` (${reason})`}, ${taken}`
}

/** Arms as a table, differences against the one that they are compared with. */
export function armsTable(arms: readonly ReportedArm[], days: number): string {
  const range = ({ low, high }: { low: number | null; high: number | null }) =>
    low === null || high === null ? '–' : `${short(low)} … ${short(high)}`
  const signed = (value: number | null) => (value === null ? '–' : `${value > 0 ? '+' : ''}${short(value)}`)
  const rows = arms.map(({ arm, policy, share, users, completeUsers, rewardPerUserDay: reward, difference }) => [
    arm,
    policy,
    share === null ? '–' : `${Number((100 * share).toPrecision(3))}%`,
    count(users),
    count(completeUsers),
    short(reward.estimate ?? Number.NaN),
    range(reward),
    ...(difference === null
      ? ['', '', '']
      : [signed(difference.estimate), range(difference), difference.low === null ? '–' : pText(difference.p)]),
  ])
  const to = arms.find(({ difference }) => difference !== null)?.difference?.to ?? ''
  const headings = ['arm', 'policy', 'share', 'users', `of ${daysText(days)}`, 'reward a day', 'interval']
  const compared = to === '' ? ['', '', ''] : [`against ${to}`, 'interval', 'p']
  return table([...headings, ...compared], rows, { right: [2, 3, 4, 5, 7, 9] })
}

function pText(p: number): string {
  return p < 0.0001 ? '<.0001' : p.toPrecision(2)
}
