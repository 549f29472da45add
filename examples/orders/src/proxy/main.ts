import { pathToFileURL } from 'node:url'
import { endWithStdin } from '../supervisor/end-with-stdin.js'
import { watertightProgram } from '../supervisor/watertight-program.js'

/** The program of a proxy: `watertight`, with the words that it was given, and the end of the supervisor for its own. */
endWithStdin()
await import(pathToFileURL(watertightProgram()).href)
