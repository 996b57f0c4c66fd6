import type { Command } from 'commander'
import { createProgram } from '../../../src/cli/program.ts'

/** The page of the command line: what `--help` says of each command. */
export async function cliPage(): Promise<string> {
  const commands = leaves(await createProgram())
  return `# The command line

\`npx recstream <command> --help\` says what stands here. Everything for people is on standard error; what another program may want
is on standard output, with \`--json\` as JSON. The exit code is 0 where all went well, 130 after Ctrl-C and 143 after a SIGTERM where a
command was interrupted, else 1: [errors](errors.md).

${commands.map(([name]) => `[${name}](#recstream-${anchor(name)})`).join(' · ')}

${commands.map(([name, command]) => `## recstream ${name}\n\n\`\`\`\n${helpOf(command)}\n\`\`\`\n`).join('\n')}`
}

function leaves(parent: Command, path: readonly string[] = []): [string, Command][] {
  return parent.commands.flatMap(command => {
    const here = [...path, command.name()]
    return [[here.join(' '), command] as [string, Command], ...leaves(command, here)]
  })
}

function helpOf(command: Command): string {
  let help = ''
  command
    .configureOutput({
      writeOut: text => {
        help += text
      },
      getOutHelpWidth: () => 120,
      getOutHasColors: () => false,
    })
    .outputHelp()
  return help.trim()
}

function anchor(name: string): string {
  return name.replaceAll(' ', '-')
}
