/** A map of one number a cell, rows one after the other. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

type Map = Float32Array;

/** The highest of each cell's neighbours up to `reach` cells away. */
export const highest = (map: Map, grid: Grid, reach: number): Map => spread(map, grid, reach, Math.max);

/** The lowest of each cell's neighbours up to `reach` cells away. */
export const lowest = (map: Map, grid: Grid, reach: number): Map => spread(map, grid, reach, Math.min);

/** Mean over a square of `reach` cells to each side. */
export function blurred(map: Map, grid: Grid, reach: number): Map {
  return across(map, grid, (line, at) => {
    let sum = 0;
    const [from, to] = [Math.max(0, at - reach), Math.min(line.length - 1, at + reach)];
    for (let i = from; i <= to; i += 1) sum += line[i] ?? 0;
    return sum / (to - from + 1);
  });
}

function spread(map: Map, grid: Grid, reach: number, choose: (a: number, b: number) => number): Map {
  return across(map, grid, (line, at) => {
    let best = line[at] ?? 0;
    const [from, to] = [Math.max(0, at - reach), Math.min(line.length - 1, at + reach)];
    for (let i = from; i <= to; i += 1) best = choose(best, line[i] ?? 0);
    return best;
  });
}

/** Applies `one` along the rows, then along the columns of the result. */
function across(map: Map, { columns, rows }: Grid, one: (line: Map, at: number) => number): Map {
  const middle = new Float32Array(map.length);
  for (let y = 0; y < rows; y += 1) {
    const line = map.subarray(y * columns, (y + 1) * columns);
    for (let x = 0; x < columns; x += 1) middle[y * columns + x] = one(line, x);
  }
  const out = new Float32Array(map.length);
  const line = new Float32Array(rows);
  for (let x = 0; x < columns; x += 1) {
    for (let y = 0; y < rows; y += 1) line[y] = middle[y * columns + x] ?? 0;
    for (let y = 0; y < rows; y += 1) out[y * columns + x] = one(line, y);
  }
  return out;
}
