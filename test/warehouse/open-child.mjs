// Opens the warehouse as a second process would, and says what came of it.
import { openWarehouse } from '../../dist/src/warehouse/open-warehouse.js'

try {
  const warehouse = await openWarehouse(JSON.parse(process.argv[2]))
  console.log(`opened, newest event ${(await warehouse.newest()).sequence}`)
  await warehouse.close()
} catch (error) {
  console.log(error.code, error.message)
}
