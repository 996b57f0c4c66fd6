import { setImmediate } from 'node:timers/promises'
import type { Trial } from '../experiment.ts'
import type { MakeBaseline } from './baselines/baseline.ts'
import { listMaker } from './baselines/list-maker.ts'
import { listLength, protocol } from './protocol.ts'

/** One pass of a baseline over a source: its lists are made where the learner's are, and judged alike. */
export function baselineTrial(name: string, make: MakeBaseline): Trial {
  return {
    name,
    policy: name,
    seed: null,
    async run(context) {
      const { ratings, progress, signal } = context
      const { judge, rules, items, due, made, event } = protocol(context)
      const lists = listMaker(make({ users: ratings.userIds.length, items }), items, listLength)
      for (let row = 0; row < ratings.length; row++) {
        if (row % 256 === 0) {
          progress(row / ratings.length)
          await setImmediate() // lets messages in
          signal.throwIfAborted()
        }
        const [user, item, time] = [ratings.user[row]!, ratings.item[row]!, ratings.time[row]!]
        const { target, against } = event(row)
        if (!against) lists.learn({ user, item, time, target })
        if (due(row)) made(row, lists.list(user, time, rules.mayShow(user, time)))
      }
      return judge.result()
    },
  }
}
