/** A word (so that the e of `where'…'` begins no text), the texts, the comment to the end of a line, and what ends a statement. */
const token =
  /(?<text>[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?<tag>[A-Za-z_]\w*)?\$[\s\S]*?\$\k<tag>\$)|(?<word>[A-Za-z_][\w$]*|\d+)|(?<line>--[^\n]*)|(?<open>['"]|\/\*|\$(?:[A-Za-z_]\w*)?\$)|(?<end>;)|(?<space>\s+)|[\s\S]/y

/** Statements of a text, and what follows the last semicolon; null where that is nothing but space and comments. */
export interface SplitText {
  statements: string[]
  rest: string | null
}

/**
 * The statements of a text, which end in semicolons. Semicolons in texts, names and comments end nothing.
 *
 *     splitStatements("select ';'; select 2")   // { statements: ["select ';'"], rest: 'select 2' }
 *
 * Each is for DuckDB's own parser, which has the last word on whether it is one statement.
 */
export function splitStatements(sql: string): SplitText {
  const statements: string[] = []
  let from = 0
  let said = false
  for (let at = 0; at < sql.length; ) {
    token.lastIndex = at
    const { groups = {}, 0: text } = token.exec(sql)!
    at = token.lastIndex
    if (groups['end'] !== undefined) {
      if (said) statements.push(sql.slice(from, at - 1).trim())
      from = at
      said = false
    } else if (groups['open'] !== undefined) {
      // A comment of several lines may hold others; a text that does not end holds all the rest.
      const end = text === '/*' ? commentEnd(sql, at) : null
      if (end === null) return { statements, rest: sql.slice(from).trim() }
      at = end
    } else if (groups['space'] === undefined && groups['line'] === undefined) said = true
  }
  return { statements, rest: said ? sql.slice(from).trim() : null }
}

/** All statements of a whole text, the last one with or without its semicolon. */
export function allStatements(sql: string): string[] {
  const { statements, rest } = splitStatements(sql)
  return rest === null ? statements : [...statements, rest]
}

function commentEnd(sql: string, from: number): number | null {
  const mark = /\/\*|\*\//g
  mark.lastIndex = from
  for (let depth = 1, found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return mark.lastIndex
  }
  return null
}
