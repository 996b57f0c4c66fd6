import { serveDoor } from '../../learner/door/door.ts'
import type { Learner } from '../../learner/learner.ts'
import type { AskedLists } from '../../learner/process/asked-lists.ts'
import type { Log, Position } from '../../log/log.ts'
import { lagMetric } from '../../metrics/lag.ts'
import { learnMetrics } from '../../metrics/learn-metrics.ts'
import { processMetrics, sentMetrics } from '../../metrics/process-metrics.ts'
import { askControl, serveControl } from '../control.ts'
import type { Assignment } from '../messages.ts'
import { askDecided } from './ask-decided.ts'

/** Work of which others ask: that of a learner or of a follower. */
interface Asked {
  readonly asked: AskedLists
  readonly positions: Position[]
  readonly recommendations: number
}

/** The doors of a process that learns. */
export interface Answering {
  /** Lets those who ask have a go between two pieces of work. */
  pause(): Promise<void>
  /** A step in which something was learned took so long, ms. */
  stepped(ms: number): void
  close(): Promise<void>
}

/**
 * Answer what is asked of a learner on one socket, and tell on another how it is.
 *
 *     const answering = await answerAndTell(learn, { role: 'learn', assignment, learner, log, sockets, decided: () => layout.control })
 *     if (await learn.step(100, answering.pause)) answering.stepped(7)
 *
 * `decided`: where a part of ingest says how far it has come; elsewhere than ingest nobody answers there, and who asks waits until the
 * next event that is kept is known.
 */
export async function answerAndTell(
  work: Asked,
  {
    role,
    assignment,
    learner,
    log,
    sockets,
    decided,
  }: {
    role: 'learn' | 'follow'
    assignment: Assignment
    learner: Learner
    log: Log
    sockets: { door: string; control: string }
    decided: (part: number) => string
  },
): Promise<Answering> {
  const door = await serveDoor(sockets.door, work.asked)
  const stopAsking = askDecided(part => askControl(decided(part), 'decided'), work.asked, door.moved)
  const ownMetrics = processMetrics(role, assignment)
  lagMetric(ownMetrics, {
    name: 'recstream_learn_lag_records',
    help: 'Blocks of interest-sequences that are not learned from yet.',
    log,
    positions: async () => work.positions,
  })
  const metrics = learnMetrics(ownMetrics, () => ({
    ...{ sequences: learner.sequences, step: learner.step, dropped: learner.dropped, champion: learner.champion },
    ...{ users: learner.users, items: learner.items, lists: work.recommendations, served: learner.served },
  }))
  const control = await serveControl(sockets.control, { metrics: () => sentMetrics(ownMetrics) })
  return {
    pause() {
      door.moved()
      return new Promise<void>(resolve => setImmediate(resolve))
    },
    stepped: metrics.stepped,
    async close() {
      stopAsking()
      await door.close()
      await control.close()
    },
  }
}
