import { type Options, SingleBar } from 'cli-progress'

/** A bar at the foot of the terminal on stderr, which is gone when it is stopped. */
export function progressBar(options: Options): SingleBar {
  return new SingleBar({
    stream: process.stderr,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    fps: 5,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false, // what Ctrl-C means is decided elsewhere
    ...options,
  })
}
