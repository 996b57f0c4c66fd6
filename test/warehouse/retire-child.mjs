// Archives old events; a failpoint kills it on the way.
import { openWarehouse } from '../../dist/src/warehouse/open-warehouse.js'

const [paths, olderThan, publishedUpTo] = process.argv.slice(2)
const warehouse = await openWarehouse(JSON.parse(paths))
await warehouse.retire(Number(olderThan), Number(publishedUpTo))
await warehouse.close()
