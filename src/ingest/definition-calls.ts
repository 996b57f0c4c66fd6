import { RecstreamError, thrownText } from '../errors.ts'
import { whatIs } from '../records/checks/unfit.ts'
import type { BehaviourEvent } from '../records/definition.ts'

/*
 * A definition's functions are somebody else's code: whatever they throw or return costs the record at hand, nothing more.
 */

/** The functions that a definition may have, as its author writes them. */
export type DefinitionFunction =
  | 'reward'
  | 'like'
  | 'features.user'
  | 'features.item'
  | 'features.context'
  | 'decode.event'
  | 'decode.profile'
  | 'decode.item'

/** That a function of the definition has no value for a record, and why. Returned, never thrown. */
export class DefinitionFailure {
  readonly function: DefinitionFunction
  /** One sentence of one line for the pipeline's author. */
  readonly message: string

  constructor(name: DefinitionFunction, what: string) {
    this.function = name
    this.message = `${name} ${what}.`
  }
}

/** A function by its name, and what it must return. */
export interface Contract<Value> {
  name: DefinitionFunction
  rule: string
  isRight: (value: unknown) => value is Value
}

const reward: Contract<number> = {
  name: 'reward',
  rule: 'a number in [0, 1]',
  isRight: (value): value is number => typeof value === 'number' && value >= 0 && value <= 1,
}
const like: Contract<boolean> = {
  name: 'like',
  rule: 'true or false',
  isRight: (value): value is boolean => typeof value === 'boolean',
}

/** The reward of an event. */
export function rewardOf(event: BehaviourEvent, call: (event: BehaviourEvent) => number): number | DefinitionFailure {
  return called(reward, call, event)
}

/** Whether an event says that the user liked the item. */
export function likedOf(event: BehaviourEvent, call: (event: BehaviourEvent) => boolean): boolean | DefinitionFailure {
  return called(like, call, event)
}

/** The value, for whoever has no dead letter to make of a failure: DEFINITION_FAILED. */
export function orThrow<Value>(found: Value | DefinitionFailure): Value {
  if (!(found instanceof DefinitionFailure)) return found
  throw new RecstreamError('DEFINITION_FAILED', `A function of the pipeline's module fails: ${found.message}`)
}

/** What a function of the definition returns for a record, if that keeps to the contract. */
export function called<Given, Value>(
  contract: Contract<Value>,
  call: (given: Given) => unknown,
  given: Given,
): Value | DefinitionFailure {
  try {
    const value = call(given)
    if (contract.isRight(value)) return value
    return new DefinitionFailure(contract.name, `returned ${returned(value)}; it must be ${contract.rule}`)
  } catch (error) {
    return new DefinitionFailure(contract.name, `threw ${thrownText(error)}`)
  }
}

/** Nobody waits for what an async function will come to; that it fails must not end the process. */
export function ignorePromise(value: unknown): void {
  if (value instanceof Promise) value.catch(() => {})
}

function returned(value: unknown): string {
  ignorePromise(value)
  if (Array.isArray(value)) return `a list with ${whatIs(value.find(each => typeof each !== 'string'))} in it`
  return typeof value === 'number' ? String(value) : whatIs(value)
}
