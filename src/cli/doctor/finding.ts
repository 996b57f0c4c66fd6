/** What a check found. */
export interface Finding {
  check: string
  state: 'ok' | 'warning' | 'problem'
  message: string
  /** What to do about it. */
  advice?: string
  /** How long it took, where that is of interest. */
  ms?: number
}

export const ok = (check: string, message: string): Finding => ({ check, state: 'ok', message })
export const warning = (check: string, message: string, advice?: string): Finding => {
  return advice === undefined ? { check, state: 'warning', message } : { check, state: 'warning', message, advice }
}
export const problem = (check: string, message: string, advice?: string): Finding => {
  return advice === undefined ? { check, state: 'problem', message } : { check, state: 'problem', message, advice }
}
