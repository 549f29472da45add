import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createVitest } from 'vitest/node'
import { root } from './sources.js'
import { testSettings } from './test-settings.js'
import type { Trial } from './trial.js'

/** Runs tests over a file whose mutation is never written to the disk: whoever works on the file sees nothing of it. */
async function main(): Promise<void> {
  let trial: Trial | undefined
  const vitest = await createVitest(
    'test',
    {
      root,
      // The projects of the configuration would each have plugins of their own, without the mutation.
      config: false,
      watch: false,
      reporters: [{}],
      bail: 1,
      maxWorkers: 1,
      pool: 'threads',
      silent: true,
      ...testSettings.test,
    },
    {
      resolve: testSettings.resolve,
      plugins: [
        {
          name: 'mutation',
          enforce: 'pre',
          load: (id) => (trial !== undefined && id === join(root, trial.path) ? mutated(trial) : undefined),
        },
      ],
    },
  )
  process.on('message', (asked: Trial) => {
    trial = asked
    vitest.invalidateFile(join(root, asked.path))
    void run(asked.tests).then((passed) => process.send?.(passed))
  })
  async function run(tests: readonly string[]): Promise<boolean> {
    const specifications = await vitest.globTestSpecifications([...tests])
    if (specifications.length === 0) throw new Error(`cannot test: there are no tests at ${tests.join(', ')}`)
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications)
    return unhandledErrors.length === 0 && testModules.every((module) => module.ok())
  }
  process.send?.('ready')
}

function mutated({ path, mutation }: Trial): string {
  const text = readFileSync(join(root, path), 'utf8')
  if (mutation === undefined) return text
  return text.slice(0, mutation.start) + mutation.replacement + text.slice(mutation.end)
}

await main()
