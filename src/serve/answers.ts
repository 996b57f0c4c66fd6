import { Type } from 'typebox'
import { reasons } from '../records/reasons.ts'

// What is answered, for the document and for tests; extra fields may come with a later version.

const whole = Type.Integer()
const share = Type.Number({ minimum: 0, maximum: 1 })
const explanations = Type.Optional(Type.Array(Type.Unknown(), { description: 'For each item, why it is there.' }))

const listItem = Type.Object({
  itemId: Type.String(),
  score: share,
  propensity: share,
  reason: Type.String(),
  alternatives: Type.Optional(
    Type.Record(Type.String(), Type.Object({ propensity: Type.Number(), itemId: Type.String() })),
  ),
})

/** As on the recommendations topic, and more beside it. */
export const List = Type.Object({
  recommendationId: Type.String(),
  userId: Type.String(),
  time: whole,
  sequence: whole,
  partition: whole,
  offset: whole,
  modelVersion: whole,
  policy: Type.String(),
  arm: Type.String(),
  items: Type.Array(listItem),
  short: Type.Union([Type.String(), Type.Null()], { description: 'Why there are fewer items than asked for.' }),
  explanations,
})
export const Lists = Type.Object({ lists: Type.Array(List) })

export const Ranked = Type.Object({
  items: Type.Array(
    Type.Object({
      itemId: Type.String(),
      reason: Type.String(),
      score: Type.Union([share, Type.Null()], { description: 'Null: the item is not known.' }),
      allowed: Type.Boolean({ description: 'Whether rules and exclusions let it be shown to the user.' }),
    }),
  ),
  explanations,
})

export const Found = Type.Object({
  items: Type.Array(
    Type.Object({
      itemId: Type.String(),
      title: Type.Union([Type.String(), Type.Null()]),
      score: Type.Number({
        description: 'In [0, 1]: how alike, how popular, how new beside the others.',
      }),
    }),
  ),
})

export const Refused = Type.Array(
  Type.Object({
    index: Type.Integer({ minimum: 0, description: 'Its place among those that were sent.' }),
    eventId: Type.Union([Type.String(), Type.Null()]),
    reason: Type.Enum(Object.keys(reasons)),
    message: Type.String(),
  }),
)
export const Taken = Type.Object({
  accepted: Type.Integer({ minimum: 0, description: 'The log has them.' }),
  repeated: Type.Integer({ minimum: 0, description: 'The log had them: the same eventId and all else the same.' }),
  refused: Refused,
})

export const Given = Type.Object({ commandId: Type.String() })
export const Healthy = Type.Object({ status: Type.Literal('ok') })

export const Ready = Type.Object({
  ready: Type.Boolean(),
  log: Type.Object({ kind: Type.String(), answers: Type.Boolean() }),
  learner: Type.Object({
    answers: Type.Boolean(),
    position: Type.Optional(whole),
    eventTime: Type.Optional(whole),
    modelVersion: Type.Optional(whole),
    champion: Type.Optional(Type.String()),
    users: Type.Optional(whole),
    items: Type.Optional(whole),
    behind: Type.Optional(Type.Integer({ description: 'Records that came and are not known yet.' })),
  }),
})

export const ProblemAnswer = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  detail: Type.String(),
  code: Type.String(),
  requestId: Type.String(),
  refused: Type.Optional(Refused),
})
