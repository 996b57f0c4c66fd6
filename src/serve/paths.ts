import type { Route } from './route.ts'

/** Methods that a path takes; none where there is nothing at it. */
export function methodsAt(routes: readonly Route[], url: string): string[] {
  const path = url.split('?', 1)[0]!
  if (path === '/openapi.json') return ['GET', 'HEAD']
  return routes
    .filter(route => patternOf(route).test(path))
    .flatMap(({ method, access }) => (access === null ? [method, 'HEAD'] : [method]))
}

function patternOf({ path }: Route): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('{id}', '[^/]+')}$`)
}
