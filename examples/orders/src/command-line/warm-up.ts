import { availableParallelism, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Load } from '../load/load.js'
import { Measurements } from '../load/measurements.js'
import { WarmUp } from '../load/warm-up.js'
import { ms } from '../status/status-block.js'
import type { RunOptions } from './run-options.js'

const SECOND_MS = 1_000

/** Brings a cold shop to its rate before anything is measured, and says so when the machine cannot bear it. */
export async function warmUp({ system, wanted, screen, colors, stop }: RunOptions): Promise<Load> {
  const decision = new WarmUp(wanted.rate)
  const load = new Load({
    frontDoor: system.frontDoor,
    rate: decision.rate,
    measurements: new Measurements(),
  })
  if (!screen.isLive && !wanted.json) screen.say('Warming up ...')
  let isFirst = true
  while (!stop.aborted) {
    screen.show([
      '',
      `${colors.strong('orders')} ${colors.faint(`warming up: ${load.rate.toFixed(1)} checkouts/s`)}`,
    ])
    await sleep(SECOND_MS, undefined, { signal: stop }).catch(() => {})
    const measured = load.measurements.snapshot().overall
    if (isFirst && measured.counts.placed > 0) {
      isFirst = false
      if (!wanted.json)
        screen.say(`The first order is placed ${(performance.now() / 1_000).toFixed(1)} s after the start.`)
    }
    const { rate, isOver, isTooSlow } = decision.second(measured)
    load.measurements = new Measurements()
    // A rate that was asked for is kept, whatever comes of it.
    load.rate = isTooSlow && wanted.rateIsGiven ? wanted.rate : rate
    if (!isOver) continue
    if (isTooSlow && !wanted.json) {
      const machine = `load ${(loadavg()[0] ?? 0).toFixed(1)} on ${availableParallelism()} cores`
      screen.say(
        `This machine is too slow right now for ${wanted.rate} checkouts/s (p50 ${ms(measured.p50Ms)}, ${machine}): ` +
          `going on at ${Number(load.rate.toFixed(1))}/s`,
      )
    }
    break
  }
  return load
}
