const secrets = new Set<string>()

/** Remember a secret so that `scrub` takes it out of whatever is printed; returns it. */
export function keepSecret(secret: string): string {
  if (secret.length > 0) for (const form of [secret, inJson(secret), encodeURIComponent(secret)]) secrets.add(form)
  return secret
}

const inJson = (text: string) => JSON.stringify(text).slice(1, -1)

/**
 * Take secrets out of a text that is about to be printed: known ones, and logins in addresses.
 *
 *     scrub('http://user:word@registry:8081')   // 'http://***@registry:8081'
 */
export function scrub(text: string): string {
  let clean = text.replaceAll(/(?<=[a-z][a-z0-9+.-]*:\/\/)[^/\s"'?#]*@/gi, '***@')
  for (const secret of secrets) clean = clean.replaceAll(secret, '***')
  return clean
}
