import type { JSX } from 'preact'
import type { CallPanel } from '../../model/service-panel.js'
import { TableHead } from '../parts/table-head.js'

/** What is in force for one call, with the line of the document that says so. */
export function PolicyInForce({
  call,
  isOpen = false,
}: {
  readonly call: CallPanel
  readonly isOpen?: boolean
}): JSX.Element {
  const { to, enforcedBy, mode, summary, values } = call
  return (
    <details class="policy" open={isOpen}>
      <summary>
        <b>{to}</b> <span class="faint">by {enforcedBy}</span>
        {mode === 'observe' && <span class="tag tag-warning">observed, not enforced</span>}
      </summary>
      {summary.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <table class="table table-plain">
        <TableHead columns={['Setting', 'Value', 'Why']} />
        <tbody>
          {values.map(({ setting, value, origin }) => (
            <tr key={setting}>
              <th scope="row">{setting}</th>
              <td>{value}</td>
              <td class="faint">{origin}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
