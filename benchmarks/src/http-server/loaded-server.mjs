// The bare server in a process that has loaded the package and does not use it. The engine gives a process that has
// loaded more a larger young generation, and that alone moves a server that does so little.
import { createServer } from 'node:http'
import { createServerGuard } from '../../../packages/http/dist/index.js'
import { answer } from './answer.mjs'
import { serveForBenchmark } from './serve-for-benchmark.mjs'

if (typeof createServerGuard !== 'function') throw new Error('cannot measure: the package is not there')
serveForBenchmark(createServer((_request, response) => answer(response)))
