import type { Macro } from './macro.ts'

/** By text, since a TIMESTAMP WITH TIME ZONE would be cast by the session's zone; and without a zone it counts as UTC. */
const utc: Macro = {
  name: 'utc',
  parameters: ['moment'],
  body: `CASE WHEN regexp_matches(moment::VARCHAR, ':\\d\\d.*[-+A-Za-z]')
    THEN make_timestamp(epoch_us(moment::VARCHAR::TIMESTAMP WITH TIME ZONE)) ELSE moment::VARCHAR::TIMESTAMP END`,
  comment:
    'A moment as tables hold it, in UTC: text with an offset (2026-01-31T09:00:00+09:00) or a zone counts by it, text without one as UTC. A cast to TIMESTAMP drops the offset.',
}

export const timeMacros: readonly Macro[] = [utc]
