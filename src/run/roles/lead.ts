import type { Learner } from '../../learner/learner.ts'
import type { Learn } from '../../learner/process/learn.ts'
import type { Log } from '../../log/log.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import type { LearnReport } from '../messages.ts'
import { scheduled } from '../schedule.ts'
import type { Answering } from './answer-and-tell.ts'
import { lagReport } from './lag-report.ts'
import type { ProcessLink } from './process-link.ts'

/** Learn as the leader of a pipeline until asked to stop; all is kept and closed then, the log apart. */
export async function lead(
  learn: Learn,
  around: {
    definition: PipelineDefinition
    learner: Learner
    log: Log
    /** The group whose lag is told. */
    group: string
    backend: string
    link: ProcessLink
    answering: Answering
  },
): Promise<void> {
  const { definition, learner, log, group, backend, link, answering } = around
  const checkpointDue = scheduled(definition.schedule.checkpoint)
  const report = (): LearnReport => ({
    position: learner.position,
    sequences: learner.sequences,
    recommendations: learn.recommendations,
    firstRecommendationMs: learn.firstRecommendationAt,
    champion: learner.champion,
    scores: learner.scores(),
    served: learner.served(),
    backend,
  })
  // Where this run begins.
  link.say({ type: 'learned', ...report() })
  const lag = lagReport(
    log,
    group,
    async () => learn.positions,
    message => link.say({ type: 'notice', message }),
  )
  while (!link.stopped.aborted) {
    const began = performance.now()
    const busy = await learn.step(100, answering.pause)
    if (busy) answering.stepped(performance.now() - began)
    lag.report(performance.now())
    link.report(performance.now(), () => ({ type: 'learned', ...report() }))
    if (checkpointDue()) await learn.checkpoint()
    if (!busy && link.asked('drain') && (await learn.caughtUp())) {
      const { version, weightsSha256 } = await learn.finish()
      link.answered('drain', { type: 'drained', role: 'learn', modelVersion: version, weightsSha256, ...report() })
    }
  }
  // The next start goes on from here instead of learning again what lies after the last checkpoint.
  await learn.checkpoint()
  await answering.close()
  await lag.stop()
  await learn.close()
}
