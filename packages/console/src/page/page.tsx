import type { JSX } from 'preact'
import { Notices } from './actions/notices.js'
import { Announcer } from './standing/announcer.js'
import { Dock } from './dock/dock.js'
import { Calls } from './graph/calls.js'
import { Inspector } from './services/inspector.js'
import { ServiceList } from './services/service-list.js'
import { Bar } from './standing/bar.js'
import { Standing } from './standing/standing.js'
import { TimeAxis } from './timeline/time-axis.js'

/** Everything on one screen; on a narrow one, below each other. */
export function Page(): JSX.Element {
  return (
    <>
      <a class="skip" href="#calls-title">
        Skip to the calls
      </a>
      <Bar />
      <Standing />
      <TimeAxis />
      <main class="screen">
        <ServiceList />
        <Calls />
        <Inspector />
        <Dock />
      </main>
      <Announcer />
      <Notices />
    </>
  )
}
