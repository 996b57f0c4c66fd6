import { Healthy, Ready } from '../answers.ts'
import { inTime } from '../in-time.ts'
import { route } from '../route.ts'
import { NoQuery } from '../schemas.ts'

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
  async handle(_, { log, topics, learner, limits }) {
    const { waitMs } = limits
    const [ranges, answer] = await Promise.all([
      inTime(log.ranges(topics.behaviourEvents), waitMs).catch(() => null),
      inTime(learner.ask({ kind: 'standing' }, { waitMs }), waitMs).catch(() => null),
    ])
    const standing = answer?.kind === 'standing' ? answer.standing : null
    const ready = ranges !== null && standing !== null
    const body = {
      ready,
      log: { kind: log.kind, answers: ranges !== null },
      learner: { answers: standing !== null, ...standing },
    }
    return { status: ready ? 200 : 503, body }
  },
})

export const metrics = route({
  ...about,
  path: '/metrics',
  access: 'read',
  summary: 'What Prometheus reads',
  answers: { 200: { description: 'Metrics as text.', type: 'text/plain' } },
  async handle(_, { metrics: { registry } }) {
    return { status: 200, body: await registry.metrics(), headers: { 'content-type': registry.contentType } }
  },
})
