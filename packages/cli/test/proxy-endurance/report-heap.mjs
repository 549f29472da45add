// Loaded into the process of a proxy before its program: asked for it, tells what is left after a collection of garbage.
// What a leak keeps is seen there at once, and in the memory of the process only after a long time.
process.on('message', () => {
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  process.send(heapUsed + external)
})
// Who asks must not keep it alive.
process.channel.unref()
