/** Prints columns of one width; the first row is the header, numbers stand to the right. */
export function printTable(header, rows, print) {
  const lines = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const isNumber = (cell) => /^[\d.,-]+( ?%)?$/u.test(cell);
  for (const [index, line] of lines.entries()) {
    const cells = line.map((cell, column) =>
      isNumber(cell) || (index === 0 && isNumber(lines[1]?.[column] ?? ""))
        ? cell.padStart(widths[column])
        : cell.padEnd(widths[column]),
    );
    print(cells.join("  ").trimEnd());
    if (index === 0) print(widths.map((width) => "-".repeat(width)).join("  "));
  }
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function number(value, decimals) {
  return value.toFixed(decimals);
}

export function percent(ratio) {
  return `${(ratio * 100).toFixed(2)} %`;
}

export function verdict(kept) {
  return kept ? "kept" : "MISSED";
}
