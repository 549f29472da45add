export type { WorkerBulkhead, WorkerBulkheadOptions, WorkerPool } from './worker-bulkhead.js'
export { workerBulkhead } from './worker-bulkhead.js'
