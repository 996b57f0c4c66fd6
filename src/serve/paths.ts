import type { Route } from './route.ts'

/** Methods that a path takes; none where there is nothing at it. At fixed paths stands what can only be read. */
export function methodsAt(routes: readonly Route[], fixed: ReadonlySet<string>, url: string): string[] {
  const path = url.split('?', 1)[0]!
  if (fixed.has(path)) return ['GET', 'HEAD']
  return routes
    .filter(route => patternOf(route).test(path))
    .flatMap(({ method, access }) => (access === null ? [method, 'HEAD'] : [method]))
}

function patternOf({ path }: Route): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('{id}', '[^/]+')}$`)
}
