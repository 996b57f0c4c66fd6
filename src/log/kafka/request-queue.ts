import { createRequire } from 'node:module'

/** What is used of kafkajs's queue of requests, one for each connection. */
interface RequestQueue {
  pending: unknown[]
  throttledUntil: number
  throttleCheckTimeoutId: NodeJS.Timeout | null
  checkPendingRequests(): void
  scheduleCheckPendingRequests(): void
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }
/** How soon a queue that is not throttled is looked at again, ms: kafkajs's own. */
const againMs = 10

/*
 * kafkajs sets its next look at a queue with a delay that is negative wherever nothing throttles it: Node from 24 on warns
 * of that, and each connection that was used once wakes up a thousand times a second from then on, for an empty queue.
 */
prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  // Whoever puts a request into an empty queue asks for a look.
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return
  const throttled = this.throttledUntil - Date.now()
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null
      this.checkPendingRequests()
    },
    throttled > 0 ? throttled : againMs,
  )
}
