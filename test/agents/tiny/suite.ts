import { describe, expect, test } from 'vitest'
import type { Catalogue } from '../../../src/agents/catalogue.ts'
import type { PlanningAgent } from '../../../src/agents/planning-agent.ts'
import { isLong } from '../../long.ts'
import { examine, learn, type TinyProblem, tinyCatalogue } from './problem.ts'
import { corridor, tinyProblems } from './problems.ts'

export interface TinySuite {
  /** A new agent, or one that was broken in some way. */
  create(catalogue: Catalogue, broken: string | undefined, problem: TinyProblem): PlanningAgent
  /** Items shown while learning; as few as tell right from broken. */
  steps(problem: TinyProblem): number
  /** Items between training steps. */
  every: number
  /** How the update can be broken, and what an agent with that break cannot solve. */
  breaks: Readonly<Record<string, readonly TinyProblem[]>>
}

/** Seconds on an idle machine; a busy one gets this long, ms. */
const timeout = 240_000

/** The way through a corridor is found late: that takes as long as all the others together. */
const tried = tinyProblems.filter(problem => problem !== corridor || isLong)

/** The agent solves every tiny problem, and, which is tried with what takes long, does not solve them once its update is broken. */
export function tinySuite({ create, steps, every, breaks }: TinySuite): void {
  const result = (problem: TinyProblem, broken?: string): number => {
    const agent = create(tinyCatalogue(problem), broken, problem)
    learn(agent, problem, steps(problem), every)
    const paid = examine(agent, problem)
    agent.dispose()
    return paid
  }

  describe('solves problems whose answer is known', () => {
    test.each(tried)('$name', { timeout }, problem => {
      expect(result(problem)).toBeGreaterThan(problem.solvedAt)
    })
  })

  describe.runIf(isLong).each(Object.entries(breaks))('does not solve, %s', (broken, problems) => {
    test.each(problems.filter(problem => tried.includes(problem)))('$name', { timeout }, problem => {
      expect(result(problem, broken)).toBeLessThan(problem.solvedAt)
    })
  })
}
