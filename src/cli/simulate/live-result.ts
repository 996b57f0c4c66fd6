import type { Crowd } from '../../lab/simulate/live/crowd.ts'

const dayMs = 86_400_000

/** What a live run came to, as `--json` prints it. */
export type LiveResult = ReturnType<typeof liveResult>

export function liveResult(
  { name }: { name: string },
  { seed, people, world: worldName }: { seed: number; people: number; world: string },
  crowd: Crowd,
  run: {
    begins: number
    speed: number
    oracle: { rewardPerUserDay: number; standardError: number }
    source: string
    world: { days: number }
  },
) {
  const { begins, speed, oracle, source, world } = run
  return {
    ...{ pipeline: name, world: worldName, source, seed, people },
    ...{ stayDays: world.days, steps: crowd.steps, days: (crowd.time - begins) / dayMs, stepsPerSecond: speed },
    oracle: { rewardPerUserDay: oracle.rewardPerUserDay, standardError: oracle.standardError },
    arms: crowd.tally
      .arms(crowd.settled)
      .map(arm => ({ ...arm, regret: oracle.rewardPerUserDay - arm.rewardPerUserDay.mean })),
  }
}
