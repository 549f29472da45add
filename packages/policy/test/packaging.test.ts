import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))

test('a CommonJS program can require the package', () => {
  const program = `
    const { pipeline, retry, timeout } = require('@watertight/policy')
    const { virtualClock } = require('@watertight/policy/testing')
    if (typeof virtualClock !== 'function') throw new Error('no test kit')
    let calls = 0
    pipeline(retry({ attempts: 2 }), timeout({ ms: 1_000 }))
      .execute(({ attempt }) => {
        calls++
        if (attempt === 1) throw new Error('first try')
        return 'from CommonJS'
      })
      .then((value) => console.log(value, calls))
  `
  const output = execFileSync(
    process.execPath,
    ['--no-warnings', '--input-type=commonjs', '--eval', program],
    {
      cwd: here,
      encoding: 'utf8',
      timeout: 20_000,
    },
  )
  expect(output).toBe('from CommonJS 2\n')
})

test('the process ends as soon as its calls have: no timer of ours holds it', () => {
  const program = `
    import { circuitBreaker, pipeline, timeout } from '@watertight/policy'
    const call = pipeline(timeout({ ms: 3_600_000 }), circuitBreaker({ openForMs: 3_600_000 }))
    await call.execute(async () => 'done')
    console.log('done')
  `
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: here,
    encoding: 'utf8',
    timeout: 20_000,
  })
  expect(output).toBe('done\n')
})
