import type { groups } from '../settings/settings.ts'
import type { GeneralSettings } from '../settings/types.ts'
import type { PipelineInput } from './pipeline-input.ts'

/** What a definition says that the command line cannot change: functions, lists, where records come from. */
export interface Part {
  type: string
  /** Null: it must be given. */
  default: string | null
  about: string
}

type Parts = Required<Omit<PipelineInput, keyof GeneralSettings | keyof typeof groups>>
type Nested = 'value' | 'features' | 'source' | 'simulate' | 'decode'
type Path = {
  [K in keyof Parts]: K extends Nested ? `${K}.${keyof NonNullable<Parts[K]> & string}` : K
}[keyof Parts]

const pure = 'must be pure: it is called again at every replay'
const required = null

/** Every such part by its path; the settings stand beside them. */
export const parts: Readonly<Record<Path, Part>> = {
  name: {
    type: '1 to 100 lower-case letters, digits and dashes',
    default: required,
    about: 'of the pipeline; the prefix of every topic',
  },
  description: { type: 'text', default: 'empty', about: 'what it is, for people' },
  behaviours: {
    type: 'list of names, or object of { again?, target?, against? } by name',
    default: required,
    about:
      'event types that are known, and what each means to lists, by default what its name suggests; any other is a dead letter',
  },
  meanings: {
    type: 'what definePipeline returned, { again, target, against } by name',
    default: 'none',
    about: 'of behaviours given as a list, for a definition that is made from another one',
  },
  'value.min': {
    type: 'number',
    default: '0',
    about: "the least value that an event may have, in the value's own unit",
  },
  'value.max': { type: 'number', default: '1000000', about: 'the largest; beyond them is a dead letter' },
  'value.required': {
    type: 'true or false',
    default: 'false',
    about: 'whether an event without a value is a dead letter',
  },
  reward: {
    type: 'function of an event, a number in [0, 1]',
    default: required,
    about: `what an event is worth; ${pure}`,
  },
  like: {
    type: 'function of an event, true or false',
    default: 'its property "like" is above 0',
    about: `whether an event says that the user liked the item; ${pure}`,
  },
  scale: {
    type: "{ kind: 'rating', min, max } or { kind: 'watch', positiveFrom }",
    default: required,
    about:
      'how scores are shown: RMSE and MAE of ratings on their own scale, or AUC and log loss of rewards from positiveFrom on',
  },
  available: {
    type: "expression (CEL) over item such as 'item.stock > 0', or function of an item, true or false",
    default: 'every item is',
    about: `an item for which it is not true is in no list; asked when an item comes or changes; ${pure}`,
  },
  'features.user': {
    type: 'function of a profile, list of tokens such as "age=25-34"',
    default: 'every attribute as "name=value"',
    about: 'what is known of a user',
  },
  'features.item': {
    type: 'function of an item, list of tokens',
    default: 'every attribute as "name=value", every tag as "tag=value"',
    about: 'what is known of an item',
  },
  'features.context': {
    type: 'function of an event, list of tokens',
    default: 'none',
    about: 'what surrounds an event and is known before its outcome, such as the surface that an item is shown on',
  },
  'decode.event': {
    type: 'function of a record in a shape of its own, an event or null',
    default: "the topic's own shape",
    about: `what a record of behaviour-events says; null passes it over; ${pure}`,
  },
  'decode.profile': {
    type: 'the same for a profile, or { deleted: true, userId }',
    default: "the topic's own shape",
    about: 'what a record of user-profiles says',
  },
  'decode.item': {
    type: 'the same for an item, or { deleted: true, itemId }',
    default: "the topic's own shape",
    about: 'what a record of items says',
  },
  arms: {
    type: 'list of { name, policy, share, options? }',
    default: "[{ name: 'all', policy: 'champion', share: 1 }]",
    about: 'the policies that compete for users',
  },
  rules: {
    type: 'list of { show }, { boost, by }, { cap }, { pin, place } or { spread }, each with a name',
    default: 'none',
    about: 'what may stand in a list, and where, as CEL expressions',
  },
  'source.folder': {
    type: 'path',
    default: 'none',
    about: 'folder that is read without --source; relative to the module',
  },
  'source.kind': { type: 'folder or text', default: 'folder', about: 'what --source gives' },
  'source.read': {
    type: 'function of a folder, { profiles, items, events, name?, files?, eventCount? }',
    default: 'no source',
    about: 'where import and start get records from when no other service feeds the pipeline',
  },
  'simulate.event': { type: 'function', default: 'none', about: 'one item shown to one simulated person, as an event' },
  'simulate.profile': { type: 'function', default: 'none', about: "a simulated person's attributes" },
  'simulate.item': { type: 'function', default: 'none', about: "a simulated item's title, attributes and tags" },
}

/** The keys that may stand in a definition (group '') and in each of its parts that are objects. */
export function keysOf(group: string): string[] {
  const own = Object.keys(parts).map(path => path.split('.'))
  return group === ''
    ? [...new Set(own.map(([first]) => first!))]
    : own.filter(([first, key]) => first === group && key).map(([, key]) => key!)
}
