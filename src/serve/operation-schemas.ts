import { Type } from 'typebox'
import { newestVersion } from '../records/command.ts'
import { reasons } from '../records/reasons.ts'

// What is asked of, and answered about, the whole pipeline.

const closed = { additionalProperties: false }
const whole = Type.Integer()
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const reason = Type.Optional(
  Type.String({
    maxLength: 1_024,
    pattern: '^[^\\u0000]*$',
    description: 'Why, in words; it stands with the command.',
  }),
)

export const SqlBody = Type.Object(
  {
    query: Type.String({
      minLength: 1,
      maxLength: 1024 * 1024,
      description:
        'One statement that only reads, or several, each with a semicolon behind it; all are answered as of one event.',
    }),
    params: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$' }),
        Type.Union([Type.String({ maxLength: 65_536 }), Type.Number(), Type.Boolean()]),
        { maxProperties: 64, additionalProperties: false, description: 'What $name stands for in it.' },
      ),
    ),
    format: Type.Optional(
      Type.Enum(['json', 'jsonl', 'arrow'], {
        description:
          'json, with columns and their types; or the rows of one statement as lines of JSON, or as an Arrow stream.',
      }),
    ),
  },
  closed,
)

const AsOf = nullable(Type.Object({ sequence: whole, time: whole }))
export const SqlAnswer = Type.Object({
  asOf: Type.Union(AsOf.anyOf, { description: 'Number and time of the newest event in the tables; null before any.' }),
  ageMs: Type.Integer({ minimum: 0, description: 'How old the tables are, ms.' }),
  answers: Type.Array(
    Type.Object({
      columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })),
      rows: Type.Array(Type.Array(Type.Unknown())),
      count: Type.Integer({ minimum: 0 }),
      truncated: Type.Boolean({ description: 'There are more rows than a query may answer with.' }),
    }),
    { description: 'One for each statement.' },
  ),
})

const counts = Type.Record(Type.String(), whole)
const Scores = Type.Array(
  Type.Object({ policy: Type.String(), metric: Type.String(), value: Type.Number(), events: whole }),
)
export const StatusAnswer = Type.Object({
  pipeline: Type.String(),
  log: Type.String(),
  ingest: nullable(
    Type.Object({
      eventsRead: Type.Integer({ description: 'Since its process began.' }),
      perSecond: Type.Number({ description: 'Events a second over the last five.' }),
      sequence: whole,
      publishedSequence: whole,
    }),
  ),
  tables: nullable(Type.Object({ eventsKept: whole, rejected: counts, recommendations: whole })),
  partitions: nullable(
    Type.Array(
      Type.Object({
        topic: Type.String(),
        partition: whole,
        end: whole,
        next: Type.Integer({ description: 'The next offset to read.' }),
        lag: Type.Integer({ minimum: 0 }),
      }),
    ),
  ),
  missingParts: Type.Optional(
    Type.Array(whole, {
      description:
        'Of a pipeline of several parts: those whose numbers are not among these, for they run elsewhere or not at all.',
    }),
  ),
  learner: nullable(
    Type.Object({
      position: whole,
      eventTime: whole,
      modelVersion: whole,
      champion: Type.String(),
      users: whole,
      items: whole,
      behind: Type.Integer({ minimum: 0, description: 'Rows that ingest has kept and that are not learned from yet.' }),
    }),
  ),
  arms: Type.Array(Type.Object({ name: Type.String(), policy: Type.String(), share: Type.Number() })),
  newest: nullable(
    Type.Object({
      version: whole,
      champion: Type.String(),
      step: whole,
      scores: Scores,
      served: Type.Array(Type.Object({ arm: Type.String(), span: Type.String(), events: whole, hr10: Type.Number() })),
    }),
  ),
})

export const SharesBody = Type.Object(
  {
    shares: Type.Record(Type.String({ minLength: 1, maxLength: 1_024 }), Type.Number({ minimum: 0 }), {
      minProperties: 1,
      maxProperties: 64,
      description: 'Every arm with its share, relative to the others; 0 takes it out.',
    }),
    reason,
  },
  closed,
)
export const PromoteBody = Type.Object({ arm: Type.String({ minLength: 1, maxLength: 1_024 }), reason }, closed)
export const RollBackBody = Type.Object({ reason }, closed)
export const GivenOfArms = Type.Object({
  commandId: Type.String(),
  shares: Type.Record(Type.String(), Type.Number(), {
    description: 'What part of the users each arm gets once it is taken in.',
  }),
})

export const WeightsBody = Type.Object(
  { version: Type.Integer({ minimum: 0, maximum: newestVersion, description: 'A version before.' }), reason },
  closed,
)
export const GivenOfWeights = Type.Object({ commandId: Type.String(), version: whole })

export const ReplayBody = Type.Object(
  {
    reason: Type.Optional(Type.Enum(Object.keys(reasons), { description: 'Only those with this reason.' })),
    send: Type.Optional(Type.Boolean({ description: 'Do it; else it is only told what would be sent.' })),
  },
  closed,
)
export const Replayed = Type.Object({ sent: Type.Boolean(), total: whole, byTopic: counts })
