import { render } from 'preact'
import { Page } from './page.js'
import { followReplay } from './replay/replay.js'
import { followAddress } from './state/shown.js'
import { followStands } from './state/stands.js'
import { followTheme } from './state/theme.js'
import { followStream } from './stream/follow-stream.js'
import { followSeries } from './timeline/follow-series.js'

followTheme()
followAddress()
followStands()
followSeries()
followReplay()
followStream()

const root = document.getElementById('page')
if (root === null) throw new Error('the document has no element for the page')
root.replaceChildren()
render(<Page />, root)
