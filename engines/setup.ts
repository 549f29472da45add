import { engines } from './engines.js'
import { inspectEngine } from './ensure-engine.js'

/** Before engine tests: a missing engine fails them all at once, instead of letting some of them look well. */
export async function setup(): Promise<void> {
  for (const engine of engines) {
    const { state, error } = await inspectEngine(engine, process.env)
    if (state === 'present') continue
    throw new Error(`cannot run engine tests: ${engine.name} is missing (${error}); run \`npm run engines\``)
  }
}
