import { timingSafeEqual } from 'node:crypto'
import type { Faults } from '@watertight/traffic'
import { parse } from './read-json.js'
import { faultPlanSchema, planInForce, rulesOf } from './fault-plan.js'
import { Problem } from './problem.js'
import type { Request, Routes } from './routes.js'

/** What all services answer about themselves, for the supervisor and for whoever breaks things on purpose. */
export function internalRoutes(
  status: () => Promise<Record<string, unknown>>,
  faults: Faults,
  faultToken: string,
): Routes {
  const current = () => planInForce(faults, performance.now())
  const showFaults = () => ({
    status: 200,
    body: current() ?? { latencyMs: 0, errorRate: 0, forSeconds: 0 },
  })
  return {
    'GET /internal/status': async () => ({
      status: 200,
      body: { ...(await status()), faults: current() ?? null },
    }),
    'GET /faults': showFaults,
    'POST /faults': (request) => {
      checkToken(request, faultToken)
      faults.inject(rulesOf(parse(faultPlanSchema, request.body)), performance.now())
      return showFaults()
    },
    'DELETE /faults': (request) => {
      checkToken(request, faultToken)
      faults.clear()
      return showFaults()
    },
  }
}

function checkToken(request: Request, faultToken: string): void {
  const given = String(
    request.headers['x-fault-token'] ?? request.headers.authorization?.replace(/^Bearer /, '') ?? '',
  )
  const expected = Buffer.from(faultToken)
  const bytes = Buffer.from(given)
  if (bytes.length === expected.length && timingSafeEqual(bytes, expected)) return
  throw new Problem(401, 'wrong-token', 'faults need the token that was printed at start, as x-fault-token')
}
