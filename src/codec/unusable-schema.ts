import { Rejection } from '../records/rejection.ts'

/** Why values of a schema cannot be read: `problem`, and what a library said of it, cut to what a dead letter has room for. */
export function unusableSchema(problem: string, error: unknown): Rejection {
  const said = error instanceof Error ? error.message : String(error)
  return new Rejection('unknown-schema', `${problem}: ${said.split('\n', 1)[0]!.slice(0, 150)}.`)
}
