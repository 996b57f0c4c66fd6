import { RecstreamError } from '../../errors.ts'
import { askControl } from '../../run/control.ts'
import type { Layout } from '../../run/layout.ts'

/** Refuse to start what runs already; whatever slips through here is stopped by the locks. */
export async function refuseSecond(name: string, { control, root }: Layout): Promise<void> {
  const stopped = await askControl(control, 'status').then(
    () => false,
    error => error instanceof RecstreamError && error.code === 'NOT_RUNNING',
  )
  if (stopped) return
  throw new RecstreamError(
    'ALREADY_RUNNING',
    `The pipeline ${name} is running already in ${root}; ask it with \`recstream sql\`, or stop it first.`,
  )
}
