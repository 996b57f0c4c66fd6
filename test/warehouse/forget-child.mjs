// Forgets somebody in the tables and the archive; a failpoint kills it on the way.
import { openWarehouse } from '../../dist/src/warehouse/open-warehouse.js'

const [paths, person] = process.argv.slice(2)
const warehouse = await openWarehouse(JSON.parse(paths))
await warehouse.forget(JSON.parse(person))
await warehouse.renew()
await warehouse.close()
