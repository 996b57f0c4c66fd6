import { type Static, type TSchema, Type } from 'typebox'

/** Bounds of a request: who needs more asks twice. */
export const most = { items: 100, users: 100, exclude: 1_000, candidates: 1_000, sessionEvents: 200, events: 1_000 }

const text = (description: string, maxLength = 1_024) => Type.String({ maxLength, pattern: noNul, description })
const noNul = '^[^\\u0000]*$'

export const Id = Type.String({ minLength: 1, maxLength: 1_024, pattern: '^[^\\u0000]+$' })
const Texts = (description: string) =>
  Type.Record(Type.String({ minLength: 1, maxLength: 1_024 }), Type.String({ maxLength: 1_024 }), {
    maxProperties: 64,
    description,
  })
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const count = Type.Integer({
  minimum: 1,
  maximum: most.items,
  description: 'How many; the pipeline’s own length without it.',
})
const filter = text(
  'An expression (CEL) over item, user, context, now and params, such as item.price < params.max.',
  2_000,
)
const exclude = Type.Array(Id, { maxItems: most.exclude, description: 'Items that are not to be in it.' })
const surface = Type.String({
  maxLength: 1_024,
  pattern: noNul,
  description: 'Where it is shown: rules see it as context.surface.',
})
const seen = Type.Boolean({ description: 'Whether what the user did keeps nothing out.' })
const explain = Type.Boolean({ description: 'Whether to say why each item is there.' })
const closed = { additionalProperties: false }
/** Parameters are a filter's. */
const closedWishes = { ...closed, dependentRequired: { params: ['filter'] } }

/** How a list is to be, in a query. */
export const ListQuery = Type.Object(
  {
    count: Type.Optional(count),
    context: Type.Optional(
      Type.Array(Type.String({ maxLength: 2_050, pattern: '^[^:\\u0000]+:[^\\u0000]*$' }), {
        maxItems: 64,
        description: 'What surrounds the request, as name:value; repeatable.',
      }),
    ),
    filter: Type.Optional(filter),
    exclude: Type.Optional(exclude),
    'include-seen': Type.Optional(seen),
    surface: Type.Optional(surface),
    explain: Type.Optional(explain),
  },
  closed,
)

const wishes = {
  count: Type.Optional(count),
  context: Type.Optional(Texts('What surrounds the request: rules see it as context.')),
  filter: Type.Optional(filter),
  params: Type.Optional(
    Type.Record(
      Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$' }),
      Type.Union([Type.String({ maxLength: 1_024 }), Type.Number(), Type.Boolean()]),
      { maxProperties: 64, additionalProperties: false, description: 'What the filter calls params.' },
    ),
  ),
  exclude: Type.Optional(exclude),
  includeSeen: Type.Optional(seen),
  surface: Type.Optional(surface),
  explain: Type.Optional(explain),
}
export const ListBody = Type.Object(wishes, closedWishes)
export type ListBody = Static<typeof ListBody>

export const BatchBody = Type.Object(
  { userIds: Type.Array(Id, { minItems: 1, maxItems: most.users, uniqueItems: true }), ...wishes },
  closedWishes,
)

export const SessionBody = Type.Object(
  {
    userId: Type.Optional(
      Type.String({
        maxLength: 1_024,
        pattern: noNul,
        description: 'Under which id the list is published, so that events can answer it; without one it is not.',
      }),
    ),
    events: Type.Array(
      Type.Object(
        {
          itemId: Id,
          behaviour: Id,
          value: Type.Optional(nullable(Type.Number())),
          time: Type.Optional(Type.Integer({ description: 'Event time, ms; the time of the request without it.' })),
        },
        closed,
      ),
      { minItems: 1, maxItems: most.sessionEvents, description: 'What the unknown person did, oldest first.' },
    ),
    ...wishes,
  },
  closedWishes,
)

export const RankBody = Type.Object(
  {
    userId: Id,
    itemIds: Type.Array(Id, { minItems: 1, maxItems: most.candidates, uniqueItems: true }),
    context: Type.Optional(Texts('What surrounds the request: rules see it as context.')),
    surface: Type.Optional(surface),
    explain: Type.Optional(explain),
  },
  closed,
)

export const SimilarQuery = Type.Object({ count: Type.Optional(count), filter: Type.Optional(filter) }, closed)
export const ItemsQuery = Type.Object(
  {
    count: Type.Optional(count),
    category: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1_024,
        pattern: noNul,
        description: 'Of those that have this tag, or an attribute category of this value.',
      }),
    ),
    filter: Type.Optional(filter),
  },
  closed,
)
export const NoQuery = Type.Object({}, closed)
export const IdParams = Type.Object({ id: Id })

/** What may be null or left out has the default of the topic. */
export const Event = Type.Object({
  eventId: Type.Optional(nullable(Id)),
  userId: Id,
  itemId: Id,
  behaviour: Id,
  time: Type.Integer({ description: 'When it happened, milliseconds since 1970.' }),
  value: Type.Optional(nullable(Type.Number())),
  properties: Type.Optional(nullable(Type.Record(Type.String(), Type.Number(), { maxProperties: 64 }))),
  recommendationId: Type.Optional(nullable(Id)),
})
export const EventsBody = Type.Union([Event, Type.Array(Event, { minItems: 1, maxItems: most.events })])

export const ItemBody = Type.Object({
  title: Type.Optional(nullable(text('What people read.'))),
  attributes: Type.Optional(nullable(Texts('By name.'))),
  tags: Type.Optional(nullable(Type.Array(Id, { maxItems: 64 }))),
})
export const ProfileBody = Type.Object({
  attributes: Type.Optional(nullable(Texts('By name.'))),
})
export const MergeBody = Type.Object(
  { into: Id, reason: Type.Optional(text('Why, in words; it stands with the command.')) },
  closed,
)
