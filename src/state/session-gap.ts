/**
 * Time without an event, ms, after which a user's next one begins a new session.
 *
 * It has two values, and both stay, since learned weights follow from each. Predictors see what people did in any order of
 * tabs and pauses: 30 minutes is the usual limit of web analytics. To agents that plan, an item follows when the one before
 * is over: 20 minutes without an event are time away.
 */
export const sessionGapMs = { predictors: 30 * 60_000, agents: 20 * 60_000 } as const
