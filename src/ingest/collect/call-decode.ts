import { isRecstreamError, thrownText } from '../../errors.ts'
import { whatIs } from '../../records/checks/unfit.ts'
import type { ForeignRecord } from '../../records/definition.ts'
import { Rejection } from '../../records/rejection.ts'
import { DefinitionFailure, type DefinitionFunction, ignorePromise } from '../definition-calls.ts'

/** A function of a definition's `decode`. */
export type DecodeFunction = (record: ForeignRecord) => object | null

/**
 * What a `decode` function makes of a record, as `judge` takes it; null passes the record over.
 *
 * `judge` looks at the object while its getters, which are code of the module's too, can still be caught.
 */
export function callDecode<T>(
  name: DefinitionFunction,
  decode: DecodeFunction,
  record: ForeignRecord,
  judge: (made: object) => T | Rejection,
): T | null | Rejection | DefinitionFailure {
  try {
    const made: unknown = decode(record)
    if (made === null) return null
    if (typeof made === 'object' && !Array.isArray(made) && !(made instanceof Promise)) {
      const judged = judge(made)
      if (!(judged instanceof Rejection)) return judged
      // So that the function's author knows whose sentence it is.
      return new Rejection(judged.reason, `What ${name} returned: ${judged.message}`)
    }
    ignorePromise(made)
    const rule = Array.isArray(made)
      ? 'one record is one event at most'
      : 'it must be an object, or null to pass the record over'
    return new DefinitionFailure(name, `returned ${whatIs(made)}; ${rule}`)
  } catch (error) {
    // So the readers of `recstream`, and whoever follows them, say that the record is wrong and not the function.
    if (isRecstreamError(error, 'RECORD_INVALID')) return new Rejection('invalid', `${thrownText(error.message)}.`)
    return new DefinitionFailure(name, `threw ${thrownText(error)}`)
  }
}

/** What is said of a record without a value, which a function that looks into values cannot read. */
export function withoutValue(
  name: DefinitionFunction,
  id: string,
  wrong: Rejection | DefinitionFailure,
): Rejection | DefinitionFailure {
  const advice = `return { deleted: true, ${id} } for it, by its key, or null`
  const what = `has no answer to a record without a value: ${advice}. It says: ${wrong.message.replace(/\.$/, '')}`
  return wrong instanceof Rejection
    ? new Rejection(wrong.reason, `${name} ${what}.`)
    : new DefinitionFailure(name, what)
}
