import { expect, it } from 'vitest'
import { inFolder } from '../../../test/run-process.js'
import { completeCompose } from './complete-compose.js'
import { composeServices } from './compose.js'

it('reads variables beside the file: images, ports and calls that they name', async () => {
  const variables = 'CACHE=valkey/valkey:8\nPORT=7001\nPAYMENT=http://payment:80\nCACHE_ADDR=cache:6379\n'
  await inFolder({ '.env': variables, 'order.env': 'STOCK_URL=http://stock\n' }, (folder) => {
    const file = {
      services: {
        order: {
          ports: ['${PORT}:${INNER:-8080}'],
          environment: ['CACHE_ADDR', 'PAYMENT_URL=$PAYMENT/charges', 'UNSET'],
          env_file: [{ path: 'order.env' }, 'none.env'],
        },
        payment: { environment: { PLAIN: 'x' } },
        stock: {},
        cache: { image: '${CACHE}' },
      },
    }
    expect(composeServices(completeCompose(file, folder))).toMatchObject([
      { name: 'order', port: 8080, calls: ['stock', 'cache', 'payment'] },
      { name: 'payment', calls: [] },
      { name: 'stock', calls: [] },
      { name: 'cache', kind: 'datastore' },
    ])
    return Promise.resolve()
  })
})
