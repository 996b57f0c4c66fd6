import { count, plural } from '../../records/words.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { colours } from '../print/colours.ts'
import { table } from '../print/table.ts'
import type { LiveResult } from './live-result.ts'

/** What the people of a live run came to, for a person. */
export function liveText(
  result: LiveResult,
  place: Pick<CommonOptions & ConnectionOptions, 'data' | 'brokers'>,
): string {
  const { pipeline, world, source, people, stayDays, steps, days, stepsPerSecond, oracle, arms } = result
  const data = place.data === '.recstream' ? '' : ` --data ${place.data}`
  const flags = `${data}${place.brokers === undefined ? '' : ` --brokers ${place.brokers}`}`
  const rows = arms.map(({ arm, policy, people, rewardPerUserDay: reward, regret, ...each }) => [
    ...[arm, policy, count(people), two(reward.mean), two(reward.standardError), two(reward.sd), two(regret)],
    ...[each.sessionLength, each.sessionsPerDay, each.returnRate, each.effectiveGenres].map(two),
  ])
  const headings = ['arm', 'policy', 'people', 'reward a user-day', '± s.e.', 's.d.', 'regret', 'items a session']
  const others = ['sessions a day', 'back in a day', 'genres']
  const right = [2, 3, 4, 5, 6, 7, 8, 9, 10]
  return [
    `${colours().bold(pipeline)}: ${plural(steps, 'item')} shown to ${plural(people, 'person', 'people')} at a time of ${source} in the world ${world}, over ${days.toFixed(1)} days; ${count(stepsPerSecond)} items/s`,
    '',
    arms.length === 0 ? 'No list has been made.' : table([...headings, ...others], rows, { right }),
    '',
    `People are counted once their ${plural(stayDays, 'day')} are over. An oracle that knows everybody's mood gets ${two(oracle.rewardPerUserDay)} ± ${two(oracle.standardError)} a user-day; regret is the distance to it.`,
    `What the log alone says of the arms: npx recstream arms -p ${pipeline} --days ${stayDays}${flags}`,
  ].join('\n')
}

const two = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : '–')
