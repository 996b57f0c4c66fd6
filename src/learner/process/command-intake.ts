import { failpoint } from '../../failpoint.ts'
import type { Command } from '../../records/command.ts'
import type { ForgetCommand, Forgotten } from '../../records/forgotten.ts'
import type { Checkpoints } from '../checkpoint.ts'
import type { Learner } from '../learner.ts'
import type { CheckpointWriter } from './checkpoint-writer.ts'
import type { CommandFeed } from './command-feed.ts'
import { withKeptWeights } from './kept-weights.ts'
import type { Output } from './output.ts'
import { sharesText, takenText } from './records.ts'

/**
 * Takes in what is asked of a learner between two blocks: it stands on the topic, with the sequence from which it holds, before
 * that sequence is learned from.
 *
 *     if (intake.isAsked(mergesRead)) await intake.take(mergesRead)   // all before is published by then
 */
export class CommandIntake {
  readonly #learner: Learner
  readonly #output: Output
  readonly #commands: CommandFeed
  readonly #forgotten: Forgotten
  readonly #checkpoints: Pick<Checkpoints, 'upTo'>
  readonly #writer: CheckpointWriter
  readonly #onNotice: (message: string) => void

  constructor(parts: {
    learner: Learner
    output: Output
    commands: CommandFeed
    forgotten: Forgotten
    checkpoints: Pick<Checkpoints, 'upTo'>
    writer: CheckpointWriter
    onNotice: (message: string) => void
  }) {
    this.#learner = parts.learner
    this.#output = parts.output
    this.#commands = parts.commands
    this.#forgotten = parts.forgotten
    this.#checkpoints = parts.checkpoints
    this.#writer = parts.writer
    this.#onNotice = parts.onNotice
  }

  /** Commands can be taken in before the next sequence; of merges those that ingest had read up to an offset. */
  isAsked(merges: number): boolean {
    return this.#commands.asked(merges).length > 0
  }

  /** Nothing can be taken in while the learner goes again over what it published before: those lists were made without it. */
  get isAgain(): boolean {
    return this.#output.isAgain(this.#learner) || this.#learner.position + 1 < this.#commands.appliedUpTo
  }

  /** Take in what is asked. */
  async take(merges: number): Promise<void> {
    await this.#writer.settled()
    // None takes effect before its sequence, and that is not learned from before all of them stand on the topic.
    const asked = await withKeptWeights(this.#commands.asked(merges), this.#checkpoints)
    const accepted = asked.map(command => {
      const each = this.#learner.accept(command)
      this.#learner.schedule(each.command)
      return each
    })
    await this.#append(accepted.map(({ command }) => command))
    for (const each of accepted) {
      this.#commands.note(each.command)
      const notice = takenText(each)
      if (notice !== null) this.#onNotice(notice)
    }
  }

  /** Who is to be forgotten, and can be: all whose row has come, or everybody where nothing more is to come. */
  forgetting(isAll: boolean): ForgetCommand[] {
    return this.#forgotten.at('accepted').filter(({ appliedAt }) => isAll || appliedAt! <= this.#learner.position + 1)
  }

  /**
   * Keep the state without those whom the learner took in to forget, and no older one; that is put on the topic then. The state
   * goes on from this offset.
   *
   * What was published for them before stands on the topic when that is told, and whoever told of them may clear it.
   */
  async keepWithout(due: readonly ForgetCommand[], offset: number): Promise<void> {
    this.#learner.forgetBefore(Math.max(...due.map(({ appliedAt }) => appliedAt!)))
    const checkpoints = await this.#writer.alone(offset)
    await this.#append(
      due.map(({ offset: _, ...command }) => ({
        ...command,
        forget: { ...command.forget, stage: 'learned', removed: { ...command.forget.removed, checkpoints } },
      })),
    )
    // It is read back before anything is done again.
    await this.#commands.readUpTo(Number.POSITIVE_INFINITY)
  }

  /** Those commands of the guard that stand on no topic. */
  unpublished(guarded: readonly Command[]): Command[] {
    return guarded.filter(({ commandId }) => !this.#commands.isApplied(commandId))
  }

  /** They stand on the topic now. */
  published(guarded: readonly Command[]): void {
    for (const command of guarded) {
      this.#commands.note(command)
      this.#onNotice(`The guard took the arm ${command.arm} out: ${command.reason}. ${sharesText(command)}.`)
    }
  }

  async #append(commands: readonly Command[]): Promise<void> {
    failpoint('command.before')
    await this.#output.command(commands)
    failpoint('command.after')
  }
}
