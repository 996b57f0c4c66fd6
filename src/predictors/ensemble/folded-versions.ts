import type { SavedArrays } from '../../state/saved-arrays.ts'

/** Arrays of interactions that hold versions of slots, with the partners' slots and the versions that those have today. */
const histories = [
  { of: 'users.tenants', slots: 'users.partners', today: 'itemTenants' },
  { of: 'items.tenants', slots: 'items.partners', today: 'userTenants' },
]

/**
 * What interactions save, with versions as they differ from those that slots have today: nothing but zeros, until slots pass from id
 * to id.
 */
export function foldVersions(arrays: SavedArrays): SavedArrays {
  return moved(arrays, -1)
}

/** What `foldVersions` took. */
export function unfoldVersions(arrays: SavedArrays): SavedArrays {
  return moved(arrays, 1)
}

function moved(arrays: SavedArrays, by: 1 | -1): SavedArrays {
  const [users, items] = [arrays['userTenants']!, arrays['itemTenants']!]
  const ring = (arrays['ring'] as Int32Array).slice()
  for (let k = 0; k < ring.length; k += 4) {
    ring[k + 2]! += by * (users[ring[k]!] ?? 0)
    ring[k + 3]! += by * (items[ring[k + 1]!] ?? 0)
  }
  const versions = histories.map(({ of, slots, today }) => {
    const own = (arrays[of] as Int32Array).slice()
    for (let k = 0; k < own.length; k++) own[k]! += by * (arrays[today]![arrays[slots]![k]!] ?? 0)
    return [of, own]
  })
  return { ...arrays, ring, ...Object.fromEntries(versions) }
}
