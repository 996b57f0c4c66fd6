import { fill, h } from './dom.ts'

/** What stands at one hash of the page. */
export interface View {
  /** In the navigation, and above the view. */
  title: string
  /** Show it; `words` are what stands behind its name in the hash. It is over when the signal aborts. */
  show(place: HTMLElement, words: readonly string[], signal: AbortSignal): Promise<void> | void
}

/** Tell those who do not see it. */
export function tell(message: string): void {
  fill(document.querySelector('#told')!, message)
}

/** Do work, and say in its place what went wrong. */
export async function inPlace(place: Element, work: () => Promise<void>): Promise<void> {
  place.setAttribute('aria-busy', 'true')
  try {
    await work()
  } catch (error) {
    if ((error as Error).name === 'AbortError') return
    fill(place, h('p', { class: 'failed', role: 'alert' }, (error as Error).message))
  } finally {
    place.removeAttribute('aria-busy')
  }
}
