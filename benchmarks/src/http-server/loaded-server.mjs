// The bare server in a process that has loaded the whole package, client included, and does not use it: a larger process
// alone moves a server that does so little.
import { createServer } from 'node:http'
import { createServerGuard } from '../../../packages/http/dist/index.js'
import { answer } from './answer.mjs'
import { serveForBenchmark } from './serve-for-benchmark.mjs'

if (typeof createServerGuard !== 'function') throw new Error('cannot measure: the package is not there')
serveForBenchmark(createServer((_request, response) => answer(response)))
