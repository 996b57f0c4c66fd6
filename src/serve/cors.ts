/** Headers for a page of an origin that may ask; null for all others, and for what no browser sent. */
export function createCors(
  origins: readonly string[],
): (origin: string | undefined, preflight: string | null) => Record<string, string> | null {
  return (origin, preflight) => {
    if (origin === undefined || !origins.includes(origin)) return null
    const always = { 'access-control-allow-origin': origin, vary: 'Origin' }
    if (preflight === null) return { ...always, 'access-control-expose-headers': exposed }
    return {
      ...always,
      'access-control-allow-methods': preflight,
      'access-control-allow-headers':
        'authorization, content-type, if-none-match, traceparent, tracestate, x-request-id',
      'access-control-max-age': '600',
    }
  }
}

const exposed = 'etag, retry-after, x-request-id, recstream-behind, recstream-position, recstream-model-version'
