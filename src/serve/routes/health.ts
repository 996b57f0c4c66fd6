import { metricsText, sentMetrics } from '../../metrics/process-metrics.ts'
import type { Answer, Question, Standing } from '../../records/question.ts'
import { Healthy, Ready } from '../answers.ts'
import { inTime } from '../in-time.ts'
import { route } from '../route.ts'
import { NoQuery } from '../schemas.ts'

/** Who does not answer within that is not ready, ms. */
const patienceMs = 2_000

const about = { method: 'GET', tag: 'Operation', query: NoQuery } as const

export const health = route({
  ...about,
  path: '/healthz',
  access: null,
  summary: 'Whether the service lives',
  answers: { 200: { description: 'It does.', schema: Healthy } },
  handle: async () => ({ status: 200, body: { status: 'ok' } }),
})

export const readiness = route({
  ...about,
  path: '/readyz',
  access: null,
  summary: 'Whether lists can be asked for and events be sent',
  answers: {
    200: { description: 'They can.', schema: Ready },
    503: { description: 'The log or the learner does not answer.', schema: Ready },
  },
  async handle(_, { log, topics, learner }) {
    const ranges = await inTime(log.ranges(topics.behaviourEvents), patienceMs).catch(() => null)
    const questions = ranges?.map(
      ({ partition, end }): Question => ({ kind: 'standing', after: { partition, offset: end - 1 } }),
    )
    const asked = (questions ?? [{ kind: 'standing' as const }]).map(question => learner.ask(question, { waitMs: 0 }))
    const answers = await inTime(Promise.all(asked), patienceMs).catch(() => null)
    const ready = ranges !== null && answers !== null
    const body = {
      ready,
      log: { kind: log.kind, answers: ranges !== null },
      learner: { answers: answers !== null, ...standingOf(answers ?? []) },
    }
    return { status: ready ? 200 : 503, body }
  },
})

/** Where the learner stands, and how many records of all partitions it does not know yet. */
function standingOf(answers: readonly Answer[]): Partial<Standing> {
  const behind = answers.reduce((sum, { standing }) => sum + standing.behind, 0)
  return { ...answers[0]?.standing, ...(answers.length === 0 ? {} : { behind }) }
}

export const metrics = route({
  ...about,
  path: '/metrics',
  access: 'read',
  summary: 'What Prometheus reads',
  description: 'Those of all processes of the pipeline; of one that does not answer there are none.',
  answers: { 200: { description: 'Metrics as text.', type: 'text/plain' } },
  async handle(_, { metrics: { registry }, others, limits }) {
    const told = await Promise.all(others.map(each => inTime(each(), limits.waitMs).catch(() => null)))
    const all = [await sentMetrics(registry), ...told.filter(each => each !== null)]
    return { status: 200, body: await metricsText(all), headers: { 'content-type': registry.contentType } }
  },
})
