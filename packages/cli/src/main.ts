import { EXIT } from './program/exit-code.js'
import { processTerminal } from './program/process-terminal.js'
import { runProgram } from './program/run-program.js'

// A reader that has seen enough, such as `head`, closes the pipe. That is no failure of ours, and no reason to hide the
// exit code: the work goes on to its end, and what it still writes goes nowhere.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exit(EXIT.fault)
  })
}

// No await at the top: the bundle is CommonJS.
void runProgram(process.argv.slice(2), processTerminal()).then((code) => {
  process.exitCode = code
  // A system defined in code may hold the process open with a server or a timer of its own; what was said is written.
  process.stdout.write('', () => {
    process.stderr.write('', () => process.exit())
  })
})
