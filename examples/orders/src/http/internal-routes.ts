import { timingSafeEqual } from 'node:crypto'
import { parse } from './body.js'
import { faultPlanSchema, type Faults } from './faults.js'
import { Problem } from './problem.js'
import type { Request, Routes } from './routes.js'

/** What all services answer about themselves, for the supervisor and for whoever breaks things on purpose. */
export function internalRoutes(
  status: () => Promise<Record<string, unknown>>,
  faults: Faults,
  faultToken: string,
): Routes {
  const showFaults = () => ({
    status: 200,
    body: faults.current() ?? { latencyMs: 0, errorRate: 0, forSeconds: 0 },
  })
  return {
    'GET /internal/status': async () => ({
      status: 200,
      body: { ...(await status()), faults: faults.current() ?? null },
    }),
    'GET /faults': showFaults,
    'POST /faults': (request) => {
      checkToken(request, faultToken)
      faults.inject(parse(faultPlanSchema, request.body))
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
