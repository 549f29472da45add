import { conformance } from './conformance.js'
import { drivers } from './drivers/drivers.js'

const exitCode = await conformance(process.argv.slice(2), drivers, console.log)
// Once all is written, and without waiting for what the servers of the scenarios have left to the platform to clean up, which
// was seen not to end.
process.stdout.write('', () => process.exit(exitCode))
