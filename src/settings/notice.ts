const told = new Set<string>()
let silent = false

/**
 * Say once that something has another name now, as a warning of Node with the code RECSTREAM_RENAMED on stderr.
 *
 *     noticeRenamed('The setting learn.stack', 'learn.ensemble')
 *     // The setting learn.stack is called learn.ensemble now; write that, the old name is taken in this version only.
 */
export function noticeRenamed(what: string, now: string): void {
  const sentence = `${what} is called ${now} now; write that, the old name is taken in this version only.`
  if (silent || told.has(sentence)) return
  told.add(sentence)
  process.emitWarning(sentence, { type: 'DeprecationWarning', code: 'RECSTREAM_RENAMED' })
}

/** For a process under another one, which has read the same definition and has said it. */
export function silenceNotices(): void {
  silent = true
}
