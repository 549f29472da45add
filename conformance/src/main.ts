import { conformance } from './conformance.js'

process.exitCode = await conformance(process.argv.slice(2))
