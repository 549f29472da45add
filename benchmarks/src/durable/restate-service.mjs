// Runs under the newer Node that the SDK needs: the handler of three steps, for the server to call.
import * as restate from '@restatedev/restate-sdk'

const three = restate.service({
  name: 'three',
  handlers: {
    run: async (context) => {
      await context.run('one', async () => 'ok')
      await context.run('two', async () => 'ok')
      return await context.run('three', async () => 'ok')
    },
  },
})
await restate.serve({ services: [three], port: Number(process.argv[2]) })
process.send('ready')
