/** What the learner and all tables cost, as other benchmarks measured it: change a figure together with its command and date. */
export const learnerCosts = {
  /** Processor time of an event, µs, by items: `npm run bench -- learner` (ML-100K), and `npm run bench -- serve`; 30 November 2026. */
  event: { few: { items: 1_682, micros: 194 }, many: { items: 100_000, micros: 580 } },
  /** Of a list of ten, µs: `npm run bench -- latency` (all that fits, a list at every event), and `npm run bench -- serve`; 30 November 2026. */
  list: { few: { items: 5_000, micros: 800 }, many: { items: 100_000, micros: 1_200 } },
  /** Memory, MiB, and kB a user: `npm run bench -- many-users` with 200,000 and a million of them, 30 November 2026. */
  learner: { base: 409, perUser: 0.71 },
  ingestPerUser: 0.55,
  /** Bytes on disk in the warehouse: docs/operate/sizing.md. */
  disk: { perEvent: 60, perListItem: 20 },
} as const
