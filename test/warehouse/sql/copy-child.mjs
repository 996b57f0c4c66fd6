// Copies the warehouse as the command line would, and says what came of it.
import { copyForReading } from '../../../dist/src/warehouse/sql/copy-for-reading.js'

console.log(await copyForReading(JSON.parse(process.argv[2])).catch(error => error.code))
