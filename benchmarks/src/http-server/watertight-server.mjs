// The same handler behind the guard: deadlines read and judged, load shed, the scope set, bodies bounded.
import { createServer } from 'node:http'
import { createServerGuard } from '../../../packages/http/dist/server/index.js'
import { answer } from './answer.mjs'
import { serveForBenchmark } from './serve-for-benchmark.mjs'

const guard = createServerGuard({ route: () => '/hello' })
serveForBenchmark(createServer(guard.listener((_request, response) => answer(response))))
