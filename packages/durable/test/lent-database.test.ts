import { expect, test } from 'vitest'
import { emptyStore } from './empty-store.js'

test('whoever is lent the database finds nothing of the one before: no table, no setting, no listener', async () => {
  const heard: string[] = []
  const first = await emptyStore()
  await first.query('create table traces (id integer)')
  await first.query('create schema effects')
  await first.query('create table effects.entry (id integer)')
  await first.query("set statement_timeout to '7s'")
  await first.listen('channel', (payload) => void heard.push(payload))
  await expect(emptyStore()).rejects.toThrow('close the store first')
  await first.close()

  const second = await emptyStore()
  const { rows } =
    await second.query(`select to_regclass('traces') as traces, to_regnamespace('effects') as effects,
    current_setting('statement_timeout') as timeout, current_schema() as schema`)
  expect(rows).toEqual([{ traces: null, effects: null, timeout: '0', schema: 'public' }])
  await second.query("select pg_notify('channel', 'to whom?')")
  await second.query('select 1')
  expect(heard).toEqual([])
  await expect(first.query('select 1')).rejects.toMatchObject({ code: 'WT_STORE_CLOSED' })
  await second.close()
})
