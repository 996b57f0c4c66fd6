/** An abort signal for the first Ctrl-C or SIGTERM; the second one ends the process at once. */
export function stopSignal(onFirst: (signal: NodeJS.Signals) => void = () => {}): {
  stopped: AbortSignal
  /** Which signal it was; null before any. */
  received: () => NodeJS.Signals | null
} {
  const stop = new AbortController()
  let received: NodeJS.Signals | null = null
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (received !== null) process.exit(exitCodeOf(signal))
      received = signal
      onFirst(signal)
      stop.abort()
    })
  }
  return { stopped: stop.signal, received: () => received }
}

/** What a shell expects of a process that a signal ended. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return signal === 'SIGINT' ? 130 : 143
}
