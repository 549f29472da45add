import { conformance } from './conformance.js'
import { drivers } from './drivers/drivers.js'

process.exitCode = await conformance(process.argv.slice(2), drivers, console.log)
