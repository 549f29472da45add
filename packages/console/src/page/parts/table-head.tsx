import type { JSX } from 'preact'

/** The head of a table, by its columns; those of figures stand to the right, as the figures do. */
export function TableHead({
  columns,
}: {
  readonly columns: readonly (string | { readonly figures: string })[]
}): JSX.Element {
  return (
    <thead>
      <tr>
        {columns.map((column) =>
          typeof column === 'string' ? (
            <th key={column} scope="col">
              {column}
            </th>
          ) : (
            <th key={column.figures} scope="col" class="number">
              {column.figures}
            </th>
          ),
        )}
      </tr>
    </thead>
  )
}
