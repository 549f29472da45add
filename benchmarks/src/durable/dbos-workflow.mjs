import { DBOS } from '@dbos-inc/dbos-sdk'

/** The same in DBOS Transact: a workflow of three steps. */
export async function dbosWorkflow(url) {
  DBOS.setConfig({ name: 'bench', systemDatabaseUrl: url, runAdminServer: false, logLevel: 'error' })
  const three = DBOS.registerWorkflow(
    async (_order) => {
      await DBOS.runStep(async () => 'ok', { name: 'one' })
      await DBOS.runStep(async () => 'ok', { name: 'two' })
      return await DBOS.runStep(async () => 'ok', { name: 'three' })
    },
    { name: 'three' },
  )
  await DBOS.launch()
  return {
    name: 'dbos workflow',
    run: async (id) => {
      const handle = await DBOS.startWorkflow(three, { workflowID: id })({ order: id })
      if ((await handle.getResult()) !== 'ok') throw new Error('cannot measure: a workflow did not end well')
    },
    close: () => DBOS.shutdown(),
  }
}
