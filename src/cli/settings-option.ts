import { InvalidArgumentError } from 'commander'

/**
 * Collects `--set path=value`, for commander; whether the setting exists is checked with the pipeline at hand.
 *
 *     collectSetting('learn.seed=7', {})   // { 'learn.seed': '7' }
 */
export function collectSetting(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=')
  if (at <= 0) throw new InvalidArgumentError('Give a setting and its value, such as learn.seed=7.')
  return { ...before, [text.slice(0, at).trim()]: text.slice(at + 1).trim() }
}
