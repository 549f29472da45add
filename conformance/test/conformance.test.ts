import { describe, expect, it } from 'vitest'
import { conformance } from '../src/conformance.js'
import { clientDriver } from '../src/drivers/client/client-driver.js'
import type { Driver } from '../src/drivers/driver.js'
import { bareDriver } from '../src/drivers/bare/bare-driver.js'

async function run(args: string, drivers: readonly Driver[] = [clientDriver]): Promise<[number, string]> {
  const lines: string[] = []
  const code = await conformance(
    args.split(' ').filter((word) => word !== ''),
    drivers,
    (line) => lines.push(line),
  )
  return [code, lines.join('\n')]
}

const plainDriver: Driver = { ...bareDriver, isControl: false }
const retried = 'attempts-count-every-try'

describe('the command', () => {
  it('prints one line of JSON a scenario and driver', async () => {
    const [code, text] = await run(`--json --only ${retried} --only split-by-weights`)
    expect(code).toBe(0)
    expect(text.split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
      { scenario: retried, driver: 'client', result: 'pass', reason: '' },
      {
        scenario: 'split-by-weights',
        driver: 'client',
        result: 'not-expressible',
        reason: 'routes belong to a gateway, and a client in a process has none',
      },
    ])
  })

  it('fails with a scenario, and says why', async () => {
    const [code, text] = await run(`--only ${retried}`, [clientDriver, plainDriver])
    expect(code).toBe(1)
    expect(text).toContain(`bare     ${retried}: GET / (call 0) must end with 200, got 503`)
    expect(text).toContain('2 results: 1 pass, 1 fail (0 known), 0 not expressible')
  })

  it('does not fail with a difference that is known, and says it all the same', async () => {
    const differing = { ...plainDriver, differs: { [retried]: 'it tries nothing again' } }
    const [code, text] = await run(`--json --only ${retried}`, [differing])
    expect(code).toBe(0)
    expect(JSON.parse(text)).toMatchObject({ result: 'fail', reason: 'it tries nothing again' })
  })

  it('runs the drivers that it is asked for', async () => {
    const [, text] = await run(`--json --driver client --only ${retried}`, [plainDriver, clientDriver])
    expect(JSON.parse(text)).toMatchObject({ driver: 'client' })
  })

  it('runs a control when it is asked for it, and not otherwise', async () => {
    const drivers = [bareDriver, clientDriver]
    expect((await run(`--json --only ${retried}`, drivers))[1]).not.toContain('"bare"')
    expect(await run(`--json --driver bare --only ${retried}`, drivers)).toEqual([
      1,
      expect.stringContaining('must end with 200, got 503'),
    ])
  })

  it('tells of a driver whose program is not here, and refuses to run it alone', async () => {
    const absent: Driver = { ...plainDriver, name: 'absent', engine: { missing: () => 'npm run engines' } }
    const [code, text] = await run(`--only ${retried}`, [clientDriver, absent])
    expect([code, text]).toEqual([0, expect.stringContaining('absent is not run: npm run engines')])
    expect(text).toContain('1 results: 1 pass')
    expect(await run(`--driver absent --only ${retried}`, [absent])).toEqual([
      2,
      'cannot run conformance: --driver absent must have its program: npm run engines',
    ])
  })

  it('fails where the whole table gives another matrix than the page has', async () => {
    const mute: Driver = { ...plainDriver, lacks: { protocol: 'it speaks with nobody' } }
    const [code, text] = await run('', [mute])
    expect(code).toBe(1)
    expect(text).toContain('docs/conformance.md has another matrix: npm run conformance -- --write')
  })

  it('helps with examples', async () => {
    const [code, text] = await run('--help')
    expect(code).toBe(0)
    expect(text).toContain('--driver NAME  only this driver (client)')
    expect(text).toContain('Examples:')
  })

  it.each([
    ['--only nothing', '--only must be a group or a scenario, got nothing'],
    ['--driver nobody', '--driver must be one of client, got nobody'],
    ['--write --only breaker', '--write must have the whole table'],
    ['--unknown', "Unknown option '--unknown'"],
  ])('refuses %s', async (args, message) => {
    const [code, text] = await run(args)
    expect(code).toBe(2)
    expect(text).toContain(message)
  })
})
