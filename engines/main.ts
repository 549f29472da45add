import { runCommand } from './run-command.js'

// Whoever reads may have read enough: `| head`.
process.stdout.on('error', () => process.exit(1))

process.exitCode = await runCommand(process.argv.slice(2), process.env, {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
})
