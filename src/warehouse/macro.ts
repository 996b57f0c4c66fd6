import { quote } from './table.ts'

/** A macro as data: what it is called with, what it stands for, and what it means. */
export interface Macro {
  name: string
  /** With defaults, as `days := 7`. */
  parameters: readonly string[]
  /** An expression, or a query where `table` is true. */
  body: string
  table?: true
  comment: string
}

/** Statements that make a macro, or make it anew, and say what it means. */
export function macroStatements({ name, parameters, body, table, comment }: Macro): string[] {
  const made = `CREATE OR REPLACE MACRO ${name}(${parameters.join(', ')}) AS ${table ? `TABLE ${body}` : body}`
  return [made, `COMMENT ON MACRO ${table ? 'TABLE ' : ''}${name} IS ${quote(comment)}`]
}
