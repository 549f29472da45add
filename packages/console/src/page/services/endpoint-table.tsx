import type { JSX } from 'preact'
import type { EndpointStand } from '../../model/service-panel.js'
import { formatCount } from '../format/format-count.js'
import { TableHead } from '../parts/table-head.js'

/** The endpoints that calls may go to, as whoever calls them sees them. */
export function EndpointTable({ endpoints }: { readonly endpoints: readonly EndpointStand[] }): JSX.Element {
  if (endpoints.length === 0) return <p class="faint">No proxy tells of any: its client chooses by itself.</p>
  return (
    <table class="table table-plain">
      <TableHead columns={['Endpoint', 'State', { figures: 'Active' }, { figures: 'Queued' }]} />
      <tbody>
        {endpoints.map((endpoint) => (
          <tr key={`${endpoint.seenBy} ${endpoint.address}`} class={endpoint.ejected ? 'row-critical' : ''}>
            <th scope="row">
              {endpoint.to} <span class="faint">{endpoint.address}</span>
            </th>
            <td>
              {endpoint.ejected ? 'ejected' : endpoint.healthy ? 'healthy' : 'unhealthy'}{' '}
              <span class="faint">seen by {endpoint.seenBy}</span>
            </td>
            <td class="number">{formatCount(endpoint.active)}</td>
            <td class="number">{formatCount(endpoint.pending)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
