// The guarded server with a handler that reads its scope, as clients do: following asynchronous calls has its price.
import { createServer } from 'node:http'
import { createServerGuard } from '../../../packages/http/dist/server/index.js'
import { currentRequest } from '../../../packages/http/dist/scope/index.js'
import { answer } from './answer.mjs'
import { serveForBenchmark } from './serve-for-benchmark.mjs'

const guard = createServerGuard({ route: () => '/hello' })
const listener = guard.listener((_request, response) => {
  if (currentRequest() === undefined) throw new Error('cannot measure: the scope is lost')
  answer(response)
})
serveForBenchmark(createServer(listener))
