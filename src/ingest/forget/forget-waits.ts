/**
 * What somebody who is to be forgotten waits for, in words; null where nothing holds it up.
 *
 *     forgetWaits({ held: true, rebuilding: false })   // 'records that came before are held until …'
 */
export function forgetWaits({ held, rebuilding }: { held: boolean; rebuilding: boolean }): string | null {
  if (held) return 'records that came before are held until the schema registry answers, and it goes on then'
  return rebuilding ? 'the tables are being built again from the log, and it goes on after that' : null
}
