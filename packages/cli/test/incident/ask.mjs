// Asks what its argument names.
const answer = await fetch(process.argv[2])
process.exitCode = answer.ok ? 0 : 1
