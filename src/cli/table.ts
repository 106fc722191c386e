/** Plain tables for people: columns of the width of their longest cell, no lines, nothing to configure. */

const GAP = '  ';

/** A header line and a line a row. Control characters cannot reach a terminal through it. */
export function formatTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headers, ...rows].map((cells) => cells.map(printable));
  const widths = headers.map((_, column) => Math.max(...lines.map((cells) => width(cells[column]!))));
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => pad(cell, widths[column]!))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** Name and value, a line each. */
export function formatFields(fields: readonly (readonly [string, string])[]): string {
  const widest = Math.max(...fields.map(([name]) => width(name)));
  return fields.map(([name, value]) => `${pad(name, widest)}${GAP}${printable(value)}`.trimEnd()).join('\n');
}

/** Without control characters. */
export function printable(cell: string): string {
  return cell.replace(/\p{Cc}/gu, ' ');
}

function pad(cell: string, columns: number): string {
  return cell + ' '.repeat(columns - width(cell));
}

function width(cell: string): number {
  return [...cell].length;
}
